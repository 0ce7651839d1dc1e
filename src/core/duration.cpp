// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/duration.hpp"

#include <charconv>
#include <cstdint>
#include <limits>

namespace otgnet {

namespace {

/// Seconds of one unit; 0 for an unknown one.
std::uint64_t secondsOf(std::string_view unit) {
    if (unit.empty() || unit == "s")
        return 1;
    if (unit == "m")
        return 60;
    if (unit == "h")
        return 60 * 60;
    if (unit == "d")
        return 24 * 60 * 60;
    return unit == "w" ? 7 * 24 * 60 * 60 : 0;
}

} // namespace

std::optional<std::chrono::seconds> parseDuration(std::string_view text) {
    std::uint32_t count = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, count);
    if (error != std::errc{})
        return std::nullopt;
    const std::uint64_t unit = secondsOf({end, last});
    if (unit == 0 || count * unit > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return std::chrono::seconds(count * unit);
}

} // namespace otgnet
