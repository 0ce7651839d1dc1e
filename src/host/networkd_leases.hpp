// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What systemd-networkd says of its DHCP server's leases, made into values. Pure. Clients fill in half of it.
#pragma once

#include "core/lease.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace otgnet {

using Bytes = std::vector<std::uint8_t>;

/// One of a(uayayayayt): family, client id, address, gateway, hardware address (16 bytes, zero padded, up to 257, then
/// 6), expiry in µs of CLOCK_BOOTTIME.
using BusLease = sdbus::Struct<std::uint32_t, Bytes, Bytes, Bytes, Bytes, std::uint64_t>;

/// networkd keeps leases that have expired until the next packet of anybody: they are left out, as is what is no IPv4
/// lease on Ethernet. At most maxLeases come out. Host names are not in there.
std::vector<Lease> leasesFromBus(const std::vector<BusLease>& raw, BootUsec now);
constexpr std::size_t maxLeases = 1024;

/// Whose lease it is: an address may pass on to another host.
using LeaseClient = std::pair<Ipv4, MacAddress>;

/// What Manager.DescribeLink tells of a link.
struct LinkDescription {
    std::string administrativeState;              ///< "configured", "unmanaged", …, "" = unknown
    std::string networkFile;                      ///< path of the profile in force, "" = none
    std::map<LeaseClient, std::string> hostnames; ///< networkd < 256 tells none

    bool operator==(const LinkDescription&) const = default;
};

/// From its JSON; what is not as expected is as if it were not there.
LinkDescription describeLink(std::string_view json);

} // namespace otgnet
