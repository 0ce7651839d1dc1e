// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/ports.hpp"

#include "ctl/number.hpp"
#include "ctl/settings.hpp"

#include <algorithm>

namespace otgnet::ctl {

std::uint16_t portFrom(const std::string& text) {
    const auto port = number<std::uint16_t>(text);
    if (!port || *port == 0)
        throw UsageError("\"" + text + "\" is not a port (1 to 65535)");
    return *port;
}

Ports withPorts(Ports open, const Ports& more) {
    open.insert(open.end(), more.begin(), more.end());
    std::sort(open.begin(), open.end());
    open.erase(std::unique(open.begin(), open.end()), open.end());
    return open;
}

Ports withoutPorts(Ports open, const Ports& less) {
    std::erase_if(open, [&](std::uint16_t port) { return std::find(less.begin(), less.end(), port) != less.end(); });
    return withPorts(std::move(open), {});
}

} // namespace otgnet::ctl
