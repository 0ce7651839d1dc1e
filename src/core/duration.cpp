// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/duration.hpp"

#include "core/python.hpp"

#include <charconv>
#include <cstdint>
#include <limits>

namespace otgnet {

namespace {

/// Seconds of one unit; 0 for an unknown one.
std::uint64_t secondsOf(const std::string& unit) {
    if (unit.empty() || unit == "s")
        return 1;
    constexpr std::uint64_t minute = 60;
    constexpr std::uint64_t hour = 60 * minute;
    constexpr std::uint64_t day = 24 * hour;
    if (unit == "m")
        return minute;
    if (unit == "h")
        return hour;
    if (unit == "d")
        return day;
    return unit == "w" ? 7 * day : 0;
}

} // namespace

std::optional<std::chrono::seconds> parseDuration(std::string_view text) {
    std::uint32_t count = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, count);
    if (error != std::errc{})
        return std::nullopt;
    const std::uint64_t unit = secondsOf(python::lower({end, last}));
    if (unit == 0 || count * unit > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return std::chrono::seconds(count * unit);
}

} // namespace otgnet
