// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The raw facts as the watchers see them. Levels, not edges: each watcher reports its whole part anew.
#pragma once

#include "core/lease.hpp"

#include <optional>

namespace otgnet {

/// The controller and the gadget on it. From /sys/class/udc/<udc>/{state,current_speed,function} and gadget*/suspended.
struct UdcFacts {
    std::string udc;    ///< "" = no controller
    std::string state;  ///< as sysfs says: "not attached", "default", "configured", …
    std::string speed;  ///< "high-speed", "UNKNOWN"
    std::string gadget; ///< name of the configfs gadget bound to it, "" = none
    /// Another one for each bind: who unbinds and binds again at once leaves no other trace. 0 = none, or a kernel that
    /// does not tell (before 5.19).
    std::uint64_t binding = 0;
    bool withoutUs = false; ///< it is the gadget that ours is to be in, but without our function
    bool suspended = false;
    /// How often the kernel has told of the state. Some controllers leave "configured" standing when the gadget is
    /// unbound: after a bind, the state means something only when there was word of it.
    unsigned notices = 0;
    bool isDwc2 = false;        ///< reports nothing but a suspend when the cable is pulled
    unsigned endpointsUsed = 0; ///< by the functions linked into the gadget that ours is or will be in

    bool operator==(const UdcFacts&) const = default;
};

/// Our network device. From rtnetlink.
struct LinkFacts {
    std::string ifname; ///< "" = there is none
    unsigned index = 0;
    bool carrier = false; ///< IFF_UP and IFF_LOWER_UP; carrier alone lies in the first message after a bind

    bool operator==(const LinkFacts&) const = default;
};

/// A network that some other interface uses: an address of it, or a route through it.
struct ForeignNetwork {
    std::string ifname;
    Cidr4 network;

    bool operator==(const ForeignNetwork&) const = default;
};

} // namespace otgnet
