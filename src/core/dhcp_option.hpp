// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// DHCP options as dnsmasq's --dhcp-option names them (dnsmasq's dhcp-common.c, RFC 2132).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace otgnet {

/// "6", "option:6", "option:dns-server" or "dns-server". Nothing for what is none.
std::optional<std::uint8_t> dhcpOptionNumber(std::string_view text);

/// What dnsmasq makes of the values of an option; `any` where their form alone says it.
enum class DhcpOptionKind { any, addresses, names, text, byte, word, longWord };
DhcpOptionKind dhcpOptionKind(std::uint8_t number);

/// An option that servers fill in themselves, or that breaks one of the network managers when it is set by hand
/// (networkd crashes for 43, 77 and 82 up to 256, and mangles 120).
bool isServersOwn(std::uint8_t number);

} // namespace otgnet
