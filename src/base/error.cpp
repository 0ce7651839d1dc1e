// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace otgnet {

namespace {

struct Row {
    ErrorCode code;
    std::string_view name;
};

constexpr std::array table{
    Row{ErrorCode::InvalidConfig, "org.pikvm.OtgNet.Error.InvalidConfig"},
    Row{ErrorCode::NoController, "org.pikvm.OtgNet.Error.NoController"},
    Row{ErrorCode::ControllerBusy, "org.pikvm.OtgNet.Error.ControllerBusy"},
    Row{ErrorCode::NoEndpoints, "org.pikvm.OtgNet.Error.NoEndpoints"},
    Row{ErrorCode::KernelSupport, "org.pikvm.OtgNet.Error.KernelSupport"},
    Row{ErrorCode::BackendUnavailable, "org.pikvm.OtgNet.Error.BackendUnavailable"},
    Row{ErrorCode::Firewall, "org.pikvm.OtgNet.Error.Firewall"},
    Row{ErrorCode::Conflict, "org.pikvm.OtgNet.Error.Conflict"},
    Row{ErrorCode::ReadOnly, "org.pikvm.OtgNet.Error.ReadOnly"},
    Row{ErrorCode::Busy, "org.pikvm.OtgNet.Error.Busy"},
    Row{ErrorCode::HookFailed, "org.pikvm.OtgNet.Error.HookFailed"},
    Row{ErrorCode::NotAuthorized, "org.freedesktop.DBus.Error.AccessDenied"},
    Row{ErrorCode::InteractionRequired, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"},
    Row{ErrorCode::Failed, "org.freedesktop.DBus.Error.Failed"},
};

/// What a person can do about it, where that is the same whatever was tried.
std::string_view remedy(int number) {
    switch (number) {
    case EROFS:
        return "; mount it writable first";
    case ENOSPC:
        return "; make room on it";
    default:
        return "";
    }
}

} // namespace

std::string_view errorName(ErrorCode code) {
    return table.at(static_cast<std::size_t>(code)).name;
}

std::optional<ErrorCode> errorCode(std::string_view name) {
    const auto* row = std::find_if(table.begin(), table.end(), [&](const Row& r) { return r.name == name; });
    return row == table.end() ? std::nullopt : std::optional{row->code};
}

Error systemError(ErrorCode code, const std::string& text, int number) {
    return {code, text + ": " + std::generic_category().message(number) + std::string(remedy(number))};
}

} // namespace otgnet
