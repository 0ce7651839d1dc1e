// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Interfaces, addresses and routes by rtnetlink: our link, and who else uses which networks.
#pragma once

#include "base/loop.hpp"
#include "core/observed.hpp"
#include "host/netlink.hpp"
#include "host/rtnl.hpp"

#include <map>
#include <set>

namespace otgnet {

/// Each is called with the whole fact, only when it differs from the last call (or, the first time, from an empty one).
struct LinkCallbacks {
    std::function<void(const LinkFacts&)> link; ///< our interface
    /// Sorted, unique. Not in it: our interface, loopback, default routes (also those in pieces, as VPNs set them:
    /// shorter than /8), 169.254.0.0/16 (every interface may have given itself an address of that).
    std::function<void(const std::vector<ForeignNetwork>&)> foreign;
};

class LinkWatcher {
public:
    /// Looks at what is there before it returns, but calls back from follow() on.
    explicit LinkWatcher(LinkCallbacks callbacks);

    /// Which interface is ours, existing or not, and the network that we want for it. Of a machine with thousands of
    /// routes only the first thousand is kept, and those that overlap this network.
    void follow(const IfName& ifname, const Cidr4& network);

private:
    /// An address or a route. The order puts those of an interface side by side.
    struct Use {
        unsigned index = 0;
        bool isRoute = false;
        Cidr4 network;
        Ipv4 source;
        std::uint32_t metric = 0;
        std::uint8_t tos = 0;
        auto operator<=>(const Use&) const = default;
    };

    void read();
    void lookAnew();
    bool dump(const Request& request);
    void handle(const nlmsghdr& message);
    void apply(const LinkMessage& message);
    void apply(const AddressMessage& message);
    void apply(const RouteMessage& message);
    void apply(const NextHopMessage&) { stale_ = true; }
    void apply(std::monostate) {}
    void change(const Use& use, bool gone);
    void dropRoutes(const std::function<bool(const Use&)>& which);
    bool hasAddress(unsigned index) const;
    bool isForeign(const Use& use) const;
    void report();
    LinkFacts currentLink() const;
    std::vector<ForeignNetwork> currentForeign() const;

    LinkCallbacks callbacks_;
    NetlinkSocket socket_;
    std::map<unsigned, LinkMessage> links_;
    std::set<Use> uses_;
    bool stale_ = false;   ///< not all of them may be right
    bool cut_ = false;     ///< there were more uses than are kept
    bool changed_ = false; ///< since the last report
    std::optional<IfName> ifname_;
    Cidr4 network_;
    LinkFacts link_;
    std::vector<ForeignNetwork> foreign_;
    Source watch_;
};

/// The name that the kernel will give to the next gadget's interface: the first usb<N> that is free.
IfName predictIfName(const std::vector<std::string>& interfaces);

} // namespace otgnet
