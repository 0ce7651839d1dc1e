// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/link_watcher.hpp"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace otgnet {

namespace {

constexpr std::size_t keptUses = 1000; // those that overlap our network may be as many again
constexpr std::uint8_t shortestPrefix = 8;
constexpr Cidr4 linkLocal{{0xa9fe0000}, 16};
constexpr int datagramsPerTurn = 64;
constexpr int attempts = 3;

} // namespace

LinkWatcher::LinkWatcher(LinkCallbacks callbacks)
    : callbacks_(std::move(callbacks)),
      socket_(NETLINK_ROUTE, {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_NEXTHOP},
              ErrorCode::Failed) {
    lookAnew();
    watch_ = watchFd(socket_.fd(), G_IO_IN, [this](GIOCondition) { read(); });
    setFirst(watch_, true);
}

void LinkWatcher::follow(const IfName& ifname, const Cidr4& network) {
    const bool missesSome = cut_ && network != network_;
    ifname_ = ifname;
    network_ = network;
    changed_ = true;
    if (missesSome)
        lookAnew();
    report();
}

void LinkWatcher::read() {
    Received got = Received::message;
    bool overrun = false;
    for (int datagram = 0; datagram < datagramsPerTurn && got != Received::nothing; ++datagram) {
        got = socket_.receive([this](const nlmsghdr& message) { handle(message); });
        overrun = overrun || got == Received::overrun;
    }
    setFirst(watch_, got == Received::nothing); // in a storm all take turns
    if (overrun || stale_ || (cut_ && uses_.size() < keptUses / 2))
        lookAnew();
    report();
}

/// Subscribed first, asked then, and one handler for both: nothing is missed in between. A dump waits for nobody, the
/// kernel makes it while it is read.
void LinkWatcher::lookAnew() {
    const Request links(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{});
    ifaddrmsg address{};
    address.ifa_family = AF_INET;
    rtmsg route{};
    route.rtm_family = AF_INET;
    route.rtm_type = RTN_UNICAST;
    Request routes(RTM_GETROUTE, NLM_F_DUMP, route);
    routes.put(RTA_TABLE, RT_TABLE_MAIN);
    for (int attempt = 0; attempt < attempts; ++attempt) {
        links_.clear();
        uses_.clear();
        changed_ = true;
        cut_ = false;
        stale_ = false;
        if (dump(links) && dump(Request(RTM_GETADDR, NLM_F_DUMP, address)) && dump(routes) && !stale_)
            return;
    }
}

/// False if it has holes because things changed too fast.
bool LinkWatcher::dump(const Request& request) {
    bool done = false;
    bool complete = true;
    socket_.send(request);
    while (!done) {
        const Received got = socket_.receive([&](const nlmsghdr& message) {
            const bool refused = message.nlmsg_type == NLMSG_ERROR && errorOf(message) != ENOENT; // of an empty table
            complete = complete && !refused && (message.nlmsg_flags & NLM_F_DUMP_INTR) == 0;
            done = done || message.nlmsg_type == NLMSG_DONE || message.nlmsg_type == NLMSG_ERROR;
            handle(message);
        });
        complete = complete && got == Received::message;
        done = done || got == Received::nothing;
    }
    return complete;
}

void LinkWatcher::handle(const nlmsghdr& message) {
    std::visit([this](const auto& parsed) { apply(parsed); }, parseRtnl(message));
}

void LinkWatcher::apply(const LinkMessage& message) {
    changed_ = true;
    if (message.gone)
        links_.erase(message.index);
    else
        links_[message.index] = message;
    if (message.gone)
        std::erase_if(uses_, [&](const Use& use) { return use.index == message.index; });
    else if (!message.up) // the kernel drops them without a word
        dropRoutes([&](const Use& use) { return use.index == message.index; });
}

void LinkWatcher::apply(const AddressMessage& message) {
    change({.index = message.index,
            .isRoute = false,
            .network = message.network,
            .source = message.local,
            .metric = 0,
            .tos = 0},
           message.gone);
    if (!message.gone)
        return;
    const bool wasLast = !hasAddress(message.index); // then the routes go without a word, too
    dropRoutes([&](const Use& use) { return use.source == message.local || (wasLast && use.index == message.index); });
}

void LinkWatcher::apply(const RouteMessage& message) {
    const Use route{.index = message.index,
                    .isRoute = true,
                    .network = message.to,
                    .source = message.source,
                    .metric = message.metric,
                    .tos = message.tos};
    if (message.replaces)
        dropRoutes([&](const Use& use) {
            return use.network == route.network && use.metric == route.metric && use.tos == route.tos;
        });
    change(route, message.gone);
}

void LinkWatcher::change(const Use& use, bool gone) {
    const bool matters = use.network.overlaps(network_);
    if (gone)
        changed_ = uses_.erase(use) > 0 || changed_;
    else if (uses_.size() < (matters ? 2 * keptUses : keptUses))
        changed_ = uses_.insert(use).second || changed_;
    else
        cut_ = true;
}

void LinkWatcher::dropRoutes(const std::function<bool(const Use&)>& which) {
    changed_ = std::erase_if(uses_, [&](const Use& use) { return use.isRoute && which(use); }) > 0 || changed_;
}

bool LinkWatcher::hasAddress(unsigned index) const {
    Use least;
    least.index = index;
    const auto first = uses_.lower_bound(least);
    return first != uses_.end() && first->index == index && !first->isRoute;
}

bool LinkWatcher::isForeign(const Use& use) const {
    const auto link = links_.find(use.index);
    return link != links_.end() && !link->second.loopback && !(ifname_ && link->second.name == ifname_->text()) &&
           use.network.prefix >= shortestPrefix && use.network != linkLocal;
}

void LinkWatcher::report() {
    if (!ifname_ || !std::exchange(changed_, false))
        return;
    if (const LinkFacts link = currentLink(); link != link_)
        callbacks_.link(link_ = link);
    if (const auto foreign = currentForeign(); foreign != foreign_)
        callbacks_.foreign(foreign_ = foreign);
}

LinkFacts LinkWatcher::currentLink() const {
    for (const auto& [index, link] : links_)
        if (link.name == ifname_->text())
            return {link.name, index, link.carrier};
    return {};
}

std::vector<ForeignNetwork> LinkWatcher::currentForeign() const {
    std::set<std::pair<std::string, Cidr4>> unique;
    for (const Use& use : uses_)
        if (isForeign(use))
            unique.emplace(links_.at(use.index).name, use.network);
    std::vector<ForeignNetwork> networks;
    networks.reserve(unique.size());
    for (const auto& [ifname, network] : unique)
        networks.push_back({ifname, network});
    return networks;
}

IfName predictIfName(const std::vector<std::string>& interfaces) {
    std::string name;
    unsigned number = 0;
    do
        name = "usb" + std::to_string(number++);
    while (std::find(interfaces.begin(), interfaces.end(), name) != interfaces.end());
    return *IfName::parse(name);
}

} // namespace otgnet
