// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/rtnl.hpp"

#include "host/netlink.hpp"

#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

namespace otgnet {

namespace {

std::optional<Ipv4> address(const Attributes& attributes, std::uint16_t type) {
    const auto bytes = attributes.u32(type);
    return bytes ? std::optional{Ipv4{ntohl(*bytes)}} : std::nullopt;
}

RtnlMessage parseLink(const nlmsghdr& message) {
    const auto* header = headerOf<ifinfomsg>(message);
    if (!header || header->ifi_family != AF_UNSPEC || header->ifi_index <= 0) // AF_BRIDGE: a port, not the link
        return {};
    const std::string name(Attributes(message, sizeof(*header)).text(IFLA_IFNAME));
    if (name.empty())
        return {};
    const auto has = [&](unsigned flag) { return (header->ifi_flags & flag) != 0; };
    return LinkMessage{.index = static_cast<unsigned>(header->ifi_index),
                       .name = name,
                       .up = has(IFF_UP),
                       .carrier = has(IFF_UP) && has(IFF_LOWER_UP),
                       .loopback = has(IFF_LOOPBACK),
                       .gone = message.nlmsg_type == RTM_DELLINK};
}

RtnlMessage parseAddress(const nlmsghdr& message) {
    const auto* header = headerOf<ifaddrmsg>(message);
    if (!header || header->ifa_family != AF_INET || header->ifa_prefixlen > 32)
        return {};
    const Attributes attributes(message, sizeof(*header));
    const auto peer = address(attributes, IFA_ADDRESS);
    const auto local = address(attributes, IFA_LOCAL);
    if (!peer && !local)
        return {};
    return AddressMessage{.index = header->ifa_index,
                          .local = local ? *local : *peer,
                          .network = Cidr4::of(peer ? *peer : *local, header->ifa_prefixlen),
                          .gone = message.nlmsg_type == RTM_DELADDR};
}

/// The interface of a route; 0 = it has none.
unsigned outputOf(const Attributes& attributes) {
    const auto* firstHop = attributes.as<rtnexthop>(RTA_MULTIPATH);
    const int ofHop = firstHop ? firstHop->rtnh_ifindex : 0;
    return attributes.u32(RTA_OIF).value_or(static_cast<unsigned>(ofHop));
}

RtnlMessage parseRoute(const nlmsghdr& message) {
    const auto* header = headerOf<rtmsg>(message);
    if (!header || header->rtm_family != AF_INET || header->rtm_type != RTN_UNICAST || header->rtm_dst_len > 32 ||
        (header->rtm_flags & RTM_F_CLONED) != 0)
        return {};
    const Attributes attributes(message, sizeof(*header));
    const unsigned index = outputOf(attributes);
    if (index == 0 || attributes.u32(RTA_TABLE).value_or(header->rtm_table) != RT_TABLE_MAIN)
        return {};
    return RouteMessage{.index = index,
                        .to = Cidr4::of(address(attributes, RTA_DST).value_or(Ipv4{}), header->rtm_dst_len),
                        .metric = attributes.u32(RTA_PRIORITY).value_or(0),
                        .tos = header->rtm_tos,
                        .source = address(attributes, RTA_PREFSRC).value_or(Ipv4{}),
                        .replaces = (message.nlmsg_flags & NLM_F_REPLACE) != 0,
                        .gone = message.nlmsg_type == RTM_DELROUTE};
}

} // namespace

RtnlMessage parseRtnl(const nlmsghdr& message) {
    switch (message.nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
        return parseLink(message);
    case RTM_NEWADDR:
    case RTM_DELADDR:
        return parseAddress(message);
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
        return parseRoute(message);
    case RTM_NEWNEXTHOP:
    case RTM_DELNEXTHOP:
        return NextHopMessage{};
    default:
        return {};
    }
}

} // namespace otgnet
