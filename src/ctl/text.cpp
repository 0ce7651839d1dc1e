// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace otgnet::ctl {

namespace {

constexpr std::uint64_t usecPerSecond = 1'000'000;

/// Cells are UTF-8 of one column a code point: what we print ourselves is, and a host name of wide letters may shift.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace

std::string durationText(std::uint64_t usec) {
    constexpr std::array<std::pair<std::uint64_t, std::string_view>, 4> units{
        {{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}}};
    std::uint64_t seconds = std::max<std::uint64_t>(usec / usecPerSecond, 1);
    std::string out;
    int parts = 0;
    for (const auto& [size, name] : units) {
        const std::uint64_t count = seconds / size;
        seconds %= size;
        if (count != 0 && parts < 2)
            out += (out.empty() ? "" : " ") + std::to_string(count) + std::string(name);
        parts += static_cast<int>(count != 0 || parts != 0); // "1 d", not "1 d 3 s"
    }
    return out;
}

std::string expiryText(std::uint64_t expiryUsec, std::uint64_t nowUsec) {
    if (expiryUsec == std::numeric_limits<std::uint64_t>::max())
        return "for ever";
    return expiryUsec <= nowUsec ? "expired" : durationText(expiryUsec - nowUsec) + " left";
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : std::string(separator)) + part;
    return out;
}

std::string columns(const std::vector<std::vector<std::string>>& rows) {
    constexpr std::size_t widest = 40;
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = width(row[i]) > widest ? widths[i] : std::max(widths[i], width(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            out +=
                row[i] +
                (i + 1 == row.size() ? "\n" : std::string(std::max(widths[i], width(row[i])) - width(row[i]) + 2, ' '));
    }
    return out;
}

} // namespace otgnet::ctl
