// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The placeholders of kvmd's hook commands, in the manner of Python's str.format().
#pragma once

#include "core/net.hpp"

#include <map>
#include <string>
#include <string_view>

namespace otgnet {

using Placeholders = std::map<std::string, std::string, std::less<>>;

/// iface, iface_ip, net_ip, net_prefix, net_mask, dhcp_ip_begin, dhcp_ip_end, dhcp_option_3.
Placeholders placeholdersFor(const Cidr4& network, std::string_view ifname, bool forward);

/// "{iface}" filled, "{{" and "}}" taken as braces. Throws InvalidConfig that says what is wrong with the text.
std::string fillPlaceholders(std::string_view text, const Placeholders& values);

} // namespace otgnet
