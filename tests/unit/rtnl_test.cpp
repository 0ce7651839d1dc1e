// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/rtnl.hpp"

#include "host/link_watcher.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <vector>

namespace otgnet {
namespace {

Ipv4 ip(const char* text) {
    return *Ipv4::parse(text);
}

std::uint32_t wire(const char* text) {
    return htonl(ip(text).value);
}

Cidr4 cidr(const char* text) {
    return *Cidr4::parse(text);
}

RtnlMessage parsed(const Request& request) {
    return parseRtnl(request.get());
}

Request link(unsigned flags, std::uint16_t type = RTM_NEWLINK) {
    ifinfomsg header{};
    header.ifi_index = 7;
    header.ifi_flags = flags;
    Request request(type, 0, header);
    request.put(IFLA_IFNAME, std::string("usb0")).put(IFLA_CARRIER, 1);
    return request;
}

ifaddrmsg addressHeader(std::uint8_t prefix) {
    ifaddrmsg header{};
    header.ifa_family = AF_INET;
    header.ifa_prefixlen = prefix;
    header.ifa_index = 7;
    return header;
}

rtmsg routeHeader(std::uint8_t prefix) {
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_dst_len = prefix;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_type = RTN_UNICAST;
    return header;
}

Request route(const rtmsg& header, std::uint16_t type = RTM_NEWROUTE, std::uint16_t flags = 0) {
    Request request(type, flags, header);
    request.put(RTA_DST, wire("10.1.0.0")).put(RTA_OIF, 7).put(RTA_PRIORITY, 100).put(RTA_PREFSRC, wire("10.0.0.1"));
    return request;
}

LinkMessage linkMessage(bool up, bool carrier) {
    return {.index = 7, .name = "usb0", .up = up, .carrier = carrier, .loopback = false, .gone = false};
}

RouteMessage routeMessage() {
    return {.index = 7,
            .to = cidr("10.1.0.0/16"),
            .metric = 100,
            .tos = 0,
            .source = ip("10.0.0.1"),
            .replaces = false,
            .gone = false};
}

TEST(Rtnl, TakesCarrierFromTheFlagsOnly) {
    EXPECT_EQ(parsed(link(0)), RtnlMessage(linkMessage(false, false))); // and IFLA_CARRIER says 1
    EXPECT_EQ(parsed(link(IFF_UP)), RtnlMessage(linkMessage(true, false)));
    EXPECT_EQ(parsed(link(IFF_LOWER_UP)), RtnlMessage(linkMessage(false, false)));
    EXPECT_EQ(parsed(link(IFF_UP | IFF_LOWER_UP)), RtnlMessage(linkMessage(true, true)));
}

TEST(Rtnl, ReadsTheEndOfALink) {
    LinkMessage expected = linkMessage(true, false);
    expected.gone = true;
    EXPECT_EQ(parsed(link(IFF_UP, RTM_DELLINK)), RtnlMessage(expected));
}

TEST(Rtnl, IgnoresBridgePorts) {
    ifinfomsg header{};
    header.ifi_family = AF_BRIDGE;
    header.ifi_index = 7;
    Request request(RTM_DELLINK, 0, header);
    request.put(IFLA_IFNAME, std::string("usb0"));
    EXPECT_EQ(parsed(request), RtnlMessage());
}

TEST(Rtnl, ReadsAddresses) {
    Request request(RTM_NEWADDR, 0, addressHeader(24));
    request.put(IFA_ADDRESS, wire("192.168.1.5")).put(IFA_LOCAL, wire("192.168.1.5"));
    EXPECT_EQ(parsed(request), RtnlMessage(AddressMessage{7, ip("192.168.1.5"), cidr("192.168.1.0/24"), false}));
}

TEST(Rtnl, ReadsThePeerOfAPointToPointAddress) {
    Request request(RTM_DELADDR, 0, addressHeader(32));
    request.put(IFA_ADDRESS, wire("10.8.0.1")).put(IFA_LOCAL, wire("10.8.0.6"));
    EXPECT_EQ(parsed(request), RtnlMessage(AddressMessage{7, ip("10.8.0.6"), cidr("10.8.0.1/32"), true}));
}

TEST(Rtnl, ReadsRoutes) {
    EXPECT_EQ(parsed(route(routeHeader(16))), RtnlMessage(routeMessage()));
    RouteMessage replaced = routeMessage();
    replaced.replaces = true;
    EXPECT_EQ(parsed(route(routeHeader(16), RTM_NEWROUTE, NLM_F_REPLACE)), RtnlMessage(replaced));
    RouteMessage gone = routeMessage();
    gone.gone = true;
    EXPECT_EQ(parsed(route(routeHeader(16), RTM_DELROUTE)), RtnlMessage(gone));
}

TEST(Rtnl, TakesTheFirstHopOfMany) {
    Request request(RTM_NEWROUTE, 0, routeHeader(0));
    rtnexthop hop{};
    hop.rtnh_len = sizeof(hop);
    hop.rtnh_ifindex = 9;
    request.put(RTA_MULTIPATH, std::string(reinterpret_cast<const char*>(&hop), sizeof(hop)));
    RouteMessage expected;
    expected.index = 9;
    EXPECT_EQ(parsed(request), RtnlMessage(expected));
}

TEST(Rtnl, IgnoresOtherTablesTypesAndFamilies) {
    rtmsg local = routeHeader(16);
    local.rtm_type = RTN_LOCAL;
    rtmsg v6 = routeHeader(16);
    v6.rtm_family = AF_INET6;
    rtmsg cached = routeHeader(16);
    cached.rtm_flags = RTM_F_CLONED;
    rtmsg tooLong = routeHeader(33);
    for (const rtmsg& header : {local, v6, cached, tooLong})
        EXPECT_EQ(parsed(route(header)), RtnlMessage());
    Request other = route(routeHeader(16));
    other.put(RTA_TABLE, 5210); // the byte in the header cannot hold it
    EXPECT_EQ(parsed(other), RtnlMessage());
}

/// Whatever the length says: bytes behind it are not read (the sanitizer looks), and a cut message is no other one.
TEST(Rtnl, SurvivesCutMessages) {
    for (const Request& whole : {link(IFF_UP), route(routeHeader(16))}) {
        for (std::uint32_t length = 0; length < whole.get().nlmsg_len; ++length) {
            std::vector<char> bytes(std::max<std::size_t>(length, sizeof(nlmsghdr)));
            std::copy_n(reinterpret_cast<const char*>(&whole.get()), length, bytes.data());
            reinterpret_cast<nlmsghdr*>(bytes.data())->nlmsg_len = length;
            reinterpret_cast<nlmsghdr*>(bytes.data())->nlmsg_type = whole.get().nlmsg_type;
            const RtnlMessage message = parseRtnl(*reinterpret_cast<const nlmsghdr*>(bytes.data()));
            if (const auto* cut = std::get_if<LinkMessage>(&message)) {
                EXPECT_EQ(*cut, linkMessage(true, false)) << length;
            }
        }
    }
}

TEST(PredictIfName, TakesTheFirstThatIsFree) {
    EXPECT_EQ(predictIfName({}).text(), "usb0");
    EXPECT_EQ(predictIfName({"lo", "usb0", "usb2", "usb01"}).text(), "usb1");
}

} // namespace
} // namespace otgnet
