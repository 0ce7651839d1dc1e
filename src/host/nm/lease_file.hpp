// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The lease database of dnsmasq: "EXPIRY MAC ADDRESS HOSTNAME|* CLIENTID|*" a line, EXPIRY in seconds since the epoch,
/// 0 = never (dnsmasq(8), --dhcp-leasefile). Written by a program that a host at the cable talks to: nothing in it is
/// believed. Pure.
#pragma once

#include "core/lease.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet::nm {

/// How to come from the clock of the file to ours.
struct LeaseClock {
    BootUsec now = 0;
    std::uint64_t realtimeOffset = 0; ///< what to add to a BootUsec to get µs since the epoch
};

/// False while dnsmasq is writing: it truncates the file and fills it again in whole blocks.
bool isWholeLeaseFile(std::string_view text);

/// Lines that stood there before our connection was activated. dnsmasq knows them again, but their hosts have not asked
/// for them: that gives a line another expiry. Compared as text, so that no clock matters.
using OldLines = std::set<std::string, std::less<>>;
OldLines oldLines(std::string_view text);

/// The leases of `network` that have not expired, sorted by address. Lines that are none (of IPv6, of other hardware,
/// damaged, without their end) are passed over, and so are the old ones and all that is more than dnsmasq itself would
/// hold.
std::vector<Lease> parseLeaseFile(std::string_view text, const Cidr4& network, const LeaseClock& clock,
                                  const OldLines& old = {});

} // namespace otgnet::nm
