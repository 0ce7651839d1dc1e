// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/lease.hpp"

#include "core/utf8.hpp"

namespace otgnet {

namespace {

constexpr std::size_t maxHostname = 253;

} // namespace

std::string cleanHostname(std::string_view raw) {
    if (raw.size() > maxHostname || !utf8::valid(raw))
        return {};
    for (std::string_view rest = raw; !rest.empty();)
        if (!utf8::isPrintable(utf8::take(rest))) // nor what turns the direction of the text around it
            return {};
    return std::string(raw);
}

} // namespace otgnet
