// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The payload of DHCP option 119 (RFC 3397), which dnsmasq wants as text. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace otgnet::nm {

/// The names, at least one; nothing if it is no such list or holds what has no place in a host name.
std::optional<std::vector<std::string>> parseSearchList(const std::vector<std::uint8_t>& payload);

} // namespace otgnet::nm
