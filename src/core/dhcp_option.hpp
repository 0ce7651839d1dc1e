// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// DHCP options as dnsmasq's --dhcp-option names and writes them (dnsmasq's dhcp-common.c, RFC 2132).
#pragma once

#include "core/net.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet {

/// "6", "option:6", "option:dns-server" or "dns-server". Nothing for what is none.
std::optional<std::uint8_t> dhcpOptionNumber(std::string_view text);

/// An option that servers fill in themselves, or that breaks one of the network managers when it is set by hand.
bool isServersOwn(std::uint8_t number);

/// The payload of an option as it goes over the wire. Values look as in dnsmasq: addresses, numbers, hex bytes with
/// colons, text in quotes or not; 0.0.0.0 stands for `self`. Throws InvalidConfig with the reason.
std::vector<std::uint8_t> dhcpPayload(std::uint8_t number, const std::vector<std::string>& values, Ipv4 self);

} // namespace otgnet
