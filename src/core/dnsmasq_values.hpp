// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What stands behind the options of dnsmasq that have a grammar of their own. All throw Error (InvalidConfig) with the
/// reason for what we cannot do.
#pragma once

#include "core/config.hpp"

#include <string>
#include <vector>

namespace otgnet {

/// --dhcp-range=first,last[,netmask[,broadcast]][,lease time]
struct DnsmasqRange {
    Ipv4 first;
    Ipv4 last;
    std::string time;                  ///< "" = dnsmasq's default
    std::vector<std::string> leftOver; ///< behind the time
};
DnsmasqRange parseRange(std::vector<std::string> words, const Cidr4& network);

/// --dhcp-host=MAC,address[,name] in any order.
struct DnsmasqHost {
    StaticLease lease;
    std::vector<std::string> leftOut; ///< lease times, tags that it sets and the like: the lease holds without them
};
DnsmasqHost parseHost(const std::vector<std::string>& words);

/// Whether the words behind the name in --domain=name[,subnet or range[,local]] mean all hosts of the network.
bool isDomainFor(const std::vector<std::string>& words, const Cidr4& network);

} // namespace otgnet
