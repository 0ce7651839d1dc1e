// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What NetworkManager has no key for is told to its dnsmasq, in a file of /etc/NetworkManager/dnsmasq-shared.d. That
/// file is read by the dnsmasq of every shared connection of the machine, so
/// - each line carries the tag that dnsmasq gives to a request by itself, the name of the interface;
/// - a line that dnsmasq refuses kills them all, so no line is written that could be refused. Pure.
#pragma once

#include "core/plan.hpp"

#include <functional>
#include <string>
#include <vector>

namespace otgnet::nm {

/// The lease times that both dnsmasq and NetworkManager take.
constexpr std::chrono::seconds shortestLease{120};
constexpr std::chrono::seconds longestLease{365L * 24 * 3600};
std::chrono::seconds clampLeaseTime(std::chrono::seconds wanted);

struct DnsmasqConf {
    std::string text;
    std::vector<std::string> warnings; ///< "file:line: key: why" of what was left out
};

struct DnsmasqFacts {
    std::vector<Ipv4> dns;      ///< those of the plan, or the uplink's
    bool poolInProfile = false; ///< NetworkManager >= 1.52 takes pool and lease time in the profile
    /// Whether another file of the directory reserves the address already: dnsmasq refuses to start with two.
    std::function<bool(Ipv4)> reservedElsewhere;
};

/// Whether the name can stand in a tag and in a match of NetworkManager.conf without an escape.
bool isPlainInterfaceName(const IfName& name);

/// For a plan with a DHCP service and a plain interface name.
DnsmasqConf renderDnsmasqConf(const LinkPlan& plan, const DnsmasqFacts& facts);

} // namespace otgnet::nm
