// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The DHCP service that follows from the settings.
#pragma once

#include "core/command.hpp"
#include "core/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace otgnet {

struct DhcpPool {
    Ipv4 first;
    Ipv4 last;
    bool operator==(const DhcpPool&) const = default;
};

/// The smallest network in which systemd-networkd and NetworkManager serve DHCP.
constexpr std::uint8_t smallestServedPrefix = 30;

/// kvmd's pool: all of the network but our address, .0 and the broadcast address; of a /31 the other address.
DhcpPool poolOf(const Cidr4& network);

/// From the effective post_start command (which starts dnsmasq) and the keys of otgnet/dhcp, which win. Nothing if the
/// command asks for no DHCP. Throws ConfigError for a key of ours that does not fit the network; what dnsmasq would do
/// and we do not, or what would break a network manager, becomes a warning that names the argument.
std::optional<DhcpConfig> buildDhcp(const Settings& settings, const NetConfig& net, const Command& command,
                                    std::vector<std::string>& warnings);

/// For a configuration whose post_start command is the user's own: keys of otgnet/dhcp that are set in vain.
void warnOfIdleDhcpKeys(const Settings& settings, std::vector<std::string>& warnings);

} // namespace otgnet
