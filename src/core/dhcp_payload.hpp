// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The bytes of DHCP options: as dnsmasq makes them of the values of --dhcp-option (dnsmasq's dhcp-common.c), and the
/// classless routes of RFC 3442.
#pragma once

#include "core/config.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace otgnet {

/// The payload of an option as it goes over the wire, from all that stands behind the number: addresses, a number, hex
/// bytes with colons, or text, in which a quote is a quote as anywhere in an argument. 0.0.0.0 stands for `self`.
/// Throws InvalidConfig with the reason, also for what dnsmasq takes but garbles.
std::vector<std::uint8_t> dhcpPayload(std::uint8_t number, std::string_view value, Ipv4 self);

/// Prefix length, the octets of the network that it covers, gateway.
std::vector<std::uint8_t> routePayload(const std::vector<ClasslessRoute>& routes);
/// Nothing for a payload that is no list of routes.
std::optional<std::vector<ClasslessRoute>> parseRoutePayload(const std::vector<std::uint8_t>& payload);

} // namespace otgnet
