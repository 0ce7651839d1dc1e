// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What rtnetlink messages say, as values. Pure functions of bytes.
#pragma once

#include "core/net.hpp"

#include <linux/netlink.h>

#include <string>
#include <variant>

namespace otgnet {

struct LinkMessage {
    unsigned index = 0;
    std::string name;
    bool up = false;      ///< IFF_UP: switched on by an administrator or manager
    bool carrier = false; ///< IFF_UP and IFF_LOWER_UP; IFLA_CARRIER is not looked at, it lies right after a bind
    bool loopback = false;
    bool gone = false;

    bool operator==(const LinkMessage&) const = default;
};

struct AddressMessage {
    unsigned index = 0;
    Ipv4 local;
    Cidr4 network; ///< that of the peer on a point-to-point link
    bool gone = false;

    bool operator==(const AddressMessage&) const = default;
};

/// A unicast route of the main table. One over many hops is that of its first one.
struct RouteMessage {
    unsigned index = 0;
    Cidr4 to; ///< prefix 0: the default route
    std::uint32_t metric = 0;
    std::uint8_t tos = 0;
    Ipv4 source;           ///< preferred source, 0 = none; the route goes with that address
    bool replaces = false; ///< that of another interface to the same network with the same metric goes without a word
    bool gone = false;

    bool operator==(const RouteMessage&) const = default;
};

/// A nexthop object came, changed or went, and with it routes that the kernel does not tell of.
struct NextHopMessage {
    bool operator==(const NextHopMessage&) const = default;
};

/// monostate: anything else, among it IPv6, other tables, bridge ports and what is malformed.
using RtnlMessage = std::variant<std::monostate, LinkMessage, AddressMessage, RouteMessage, NextHopMessage>;
RtnlMessage parseRtnl(const nlmsghdr& message);

} // namespace otgnet
