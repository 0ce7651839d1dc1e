// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/config.hpp"

#include <array>

namespace otgnet {

namespace {

constexpr std::array<std::string_view, 5> drivers{"ecm", "eem", "ncm", "rndis", "rndis5"};

std::string located(const std::string& key, const Place& place, const std::string& reason) {
    const bool known = place.file.empty() || (place.line == 0 && reason.find(place.file) != std::string::npos);
    std::string text = known ? "" : place.text() + ": ";
    if (!key.empty() && reason.find(key) == std::string::npos)
        text += key + ": ";
    return text + reason;
}

} // namespace

std::span<const std::string_view> driverNames() {
    return drivers;
}

std::string_view driverName(Driver driver) {
    return drivers.at(static_cast<std::size_t>(driver));
}

std::string_view functionType(Driver driver) {
    return driverName(driver == Driver::rndis5 ? Driver::rndis : driver);
}

ConfigError::ConfigError(std::string key, Place place, std::string reason)
    : Error(ErrorCode::InvalidConfig, located(key, place, reason)), key_(std::move(key)), place_(std::move(place)),
      reason_(std::move(reason)) {}

} // namespace otgnet
