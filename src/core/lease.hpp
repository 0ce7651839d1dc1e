// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A DHCP lease as a network manager reports it.
#pragma once

#include "core/net.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace otgnet {

/// Microseconds of CLOCK_BOOTTIME: goes on in suspend, never jumps.
using BootUsec = std::uint64_t;
constexpr BootUsec never = std::numeric_limits<BootUsec>::max();

struct Lease {
    Ipv4 address;
    MacAddress mac;
    std::string hostname; ///< printable UTF-8 without control characters, at most 253 bytes; "" if unknown
    BootUsec expires = never;

    bool operator==(const Lease&) const = default;
};

/// What the manager holds at the moment. `fresh` marks the first report after it was (re)started or reconfigured: then
/// a lease that is missing was forgotten by the manager, not given back by the host. `clockSet` marks the first one
/// after the clock was set by which the manager counts: no host has done anything for what is different then.
struct LeaseReport {
    std::vector<Lease> leases;
    bool fresh = false;
    bool clockSet = false;
};

/// A host name off the wire made safe: invalid UTF-8, control characters and what is longer than 253 bytes give "".
std::string cleanHostname(std::string_view raw);

} // namespace otgnet
