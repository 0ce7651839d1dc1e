// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The one exception type of the project and the one table of its D-Bus names.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace otgnet {

/// Why something did not work. The order is that of the table in error.cpp.
enum class ErrorCode {
    InvalidConfig,       ///< a key has a value that its rules refuse, or a file is no YAML
    NoController,        ///< no UDC, or not the one asked for
    ControllerBusy,      ///< the UDC is bound to a gadget that is not ours
    NoEndpoints,         ///< the function does not fit into the UDC's endpoint budget
    KernelSupport,       ///< configfs or a function module is missing, or the kernel refused an attribute
    BackendUnavailable,  ///< neither network manager can be had, or it refused our profile
    Firewall,            ///< the ruleset could not be put up; the gadget is not bound
    Conflict,            ///< our network overlaps one that another interface has, or the two MACs are equal
    ReadOnly,            ///< the disk that holds the persistent settings cannot be written
    Busy,                ///< too much is under way already
    HookFailed,          ///< a command of the user's failed or ran into its time-out
    NotAuthorized,       ///< polkit said no, or is not there
    InteractionRequired, ///< polkit would ask, but the caller did not allow it
    Failed,              ///< what has no name of its own: a bug or a resource that ran out
};

/// The D-Bus error name of a code, e.g. "org.pikvm.OtgNet.Error.NoController".
std::string_view errorName(ErrorCode code);
/// The way back; empty for a name that is not in the table.
std::optional<ErrorCode> errorCode(std::string_view name);

/// A failure with a text for people: what was tried, on which key, file, line or path, the errno's text, and what to
/// do.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
    ErrorCode code() const { return code_; }

private:
    ErrorCode code_;
};

/// Error with ": " and the text of `number` (an errno) behind it, and what to do about it if that is always the same.
Error systemError(ErrorCode code, const std::string& text, int number);

} // namespace otgnet
