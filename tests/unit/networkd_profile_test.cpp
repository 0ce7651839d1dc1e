// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/networkd_profile.hpp"

#include "unit/config_tree.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace otgnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

LinkPlan plan(const char* network = "172.30.30.0/24") {
    const Cidr4 cidr = Cidr4::parse(network).value();
    DhcpConfig dhcp;
    dhcp.first = {cidr.network.value + 2};
    dhcp.last = {cidr.last().value - 1};
    dhcp.leaseTime = std::chrono::hours(24);
    return {.ifname = IfName::parse("usb0").value(),
            .address = {cidr.network.value + 1},
            .network = cidr,
            .backend = BackendChoice::automatic,
            .uplink = std::nullopt,
            .dhcp = dhcp};
}

/// Every line that sets something, in its order; sections as "[Name]".
std::vector<std::string> settings(const NetworkdProfile& profile) {
    std::vector<std::string> lines;
    std::istringstream text(profile.text);
    for (std::string line; std::getline(text, line);)
        if (!line.empty() && line[0] != '#')
            lines.push_back(line);
    return lines;
}

std::vector<std::string> valuesOf(const NetworkdProfile& profile, const std::string& key) {
    std::vector<std::string> values;
    for (const auto& line : settings(profile))
        if (line.rfind(key + "=", 0) == 0)
            values.push_back(line.substr(key.size() + 1));
    return values;
}

Ipv4 ip(const char* text) {
    return Ipv4::parse(text).value();
}

TEST(NetworkdProfile, PlainLink) {
    const NetworkdProfile profile = networkdProfile(plan());
    EXPECT_THAT(profile.warnings, IsEmpty());
    EXPECT_THAT(settings(profile),
                ElementsAre("[Match]", "Name=usb0", "[Link]", "RequiredForOnline=no", "ActivationPolicy=up",
                            "[Network]", "Address=172.30.30.1/24", "ConfigureWithoutCarrier=yes", "DHCPServer=yes",
                            "LinkLocalAddressing=no", "IPv6AcceptRA=no", "IPv6SendRA=no", "LLMNR=no", "MulticastDNS=no",
                            "LLDP=no", "EmitLLDP=no", "IPMasquerade=no", "[DHCPServer]", "PoolOffset=2", "PoolSize=253",
                            "DefaultLeaseTimeSec=86400", "MaxLeaseTimeSec=86400", "EmitDNS=no", "EmitNTP=no",
                            "EmitRouter=no", "EmitSIP=no", "EmitPOP3=no", "EmitSMTP=no", "EmitLPR=no",
                            "EmitTimezone=no", "PersistLeases=runtime"));
}

TEST(NetworkdProfile, NoPlaceholderIsLeft) {
    EXPECT_THAT(networkdProfile(plan()).text, Not(HasSubstr("@")));
}

TEST(NetworkdProfile, WithoutDhcp) {
    LinkPlan own = plan();
    own.dhcp.reset();
    const NetworkdProfile profile = networkdProfile(own);
    EXPECT_THAT(valuesOf(profile, "DHCPServer"), ElementsAre("no"));
    EXPECT_THAT(valuesOf(profile, "PoolSize"), IsEmpty());
    EXPECT_THAT(profile.warnings, IsEmpty());
}

TEST(NetworkdProfile, SmallNetworks) {
    const NetworkdProfile four = networkdProfile(plan("10.0.0.0/30"));
    EXPECT_THAT(valuesOf(four, "PoolOffset"), ElementsAre("2"));
    EXPECT_THAT(valuesOf(four, "PoolSize"), ElementsAre("1"));

    LinkPlan two = plan("10.0.0.0/31");
    two.address = ip("10.0.0.0");
    two.dhcp->first = two.dhcp->last = ip("10.0.0.1");
    const NetworkdProfile profile = networkdProfile(two);
    EXPECT_THAT(valuesOf(profile, "DHCPServer"), ElementsAre("no"));
    EXPECT_THAT(profile.warnings, ElementsAre(HasSubstr(": systemd-networkd serves DHCP in a /30 or larger only")));
}

TEST(NetworkdProfile, PoolStaysInsideTheNetwork) {
    LinkPlan wide = plan();
    wide.dhcp->first = ip("172.30.0.0");
    wide.dhcp->last = ip("172.30.255.255");
    EXPECT_THAT(valuesOf(networkdProfile(wide), "PoolOffset"), ElementsAre("1"));
    EXPECT_THAT(valuesOf(networkdProfile(wide), "PoolSize"), ElementsAre("254"));
    wide.dhcp->first = ip("172.30.31.0");
    const NetworkdProfile outside = networkdProfile(wide);
    EXPECT_THAT(valuesOf(outside, "DHCPServer"), ElementsAre("no"));
    EXPECT_THAT(outside.warnings, ElementsAre(HasSubstr("172.30.30.0/24")));
}

TEST(NetworkdProfile, Servers) {
    LinkPlan link = plan();
    link.dhcp->dns = {ip("1.1.1.1"), ip("9.9.9.9")};
    link.dhcp->ntp = {ip("10.0.0.5")};
    link.dhcp->router = true;
    link.dhcp->routerAddress = ip("172.30.30.9");
    const NetworkdProfile profile = networkdProfile(link);
    EXPECT_THAT(valuesOf(profile, "EmitDNS"), ElementsAre("yes"));
    EXPECT_THAT(valuesOf(profile, "DNS"), ElementsAre("1.1.1.1", "9.9.9.9"));
    EXPECT_THAT(valuesOf(profile, "EmitNTP"), ElementsAre("yes"));
    EXPECT_THAT(valuesOf(profile, "NTP"), ElementsAre("10.0.0.5"));
    EXPECT_THAT(valuesOf(profile, "EmitRouter"), ElementsAre("yes"));
    EXPECT_THAT(valuesOf(profile, "Router"), ElementsAre("172.30.30.9"));
}

TEST(NetworkdProfile, DnsOfTheUplink) {
    LinkPlan link = plan();
    link.uplink = IfName::parse("eth0");
    link.dhcp->dnsFromUplink = true;
    EXPECT_THAT(valuesOf(networkdProfile(link), "EmitDNS"), ElementsAre("yes"));
    EXPECT_THAT(valuesOf(networkdProfile(link), "UplinkInterface"), ElementsAre("eth0"));
    link.dhcp->dns = {ip("1.1.1.1")};
    const NetworkdProfile both = networkdProfile(link);
    EXPECT_THAT(valuesOf(both, "UplinkInterface"), IsEmpty());
    EXPECT_THAT(both.warnings, ElementsAre(HasSubstr("not both: the uplink's are left out")));
}

TEST(NetworkdProfile, OptionsAsBytes) {
    LinkPlan link = plan();
    link.dhcp->domain = "usb.example";
    link.dhcp->bootServer = "172.30.30.1";
    link.dhcp->bootFile = "a b\\%n";
    link.dhcp->routes = {{Cidr4::parse("10.16.0.0/12").value(), ip("172.30.30.1")}};
    link.dhcp->options = {{26, {0x05, 0x00}}, {224, {0xff, 0x3a}}};
    const NetworkdProfile profile = networkdProfile(link);
    EXPECT_THAT(valuesOf(profile, "SendOption"),
                ElementsAre("15:string:usb.example", "66:string:172.30.30.1", "67:string:a\\x20b\\x5c\\x25n",
                            "121:string:\\x0c\\x0a\\x10\\xac\\x1e\\x1e\\x01", "26:string:\\x05\\x00",
                            "224:string:\\xff\\x3a"));
    EXPECT_THAT(valuesOf(profile, "BootServerAddress"), ElementsAre("172.30.30.1"));
    EXPECT_THAT(profile.warnings, IsEmpty());
}

/// RFC 3442: who reads option 121 does not read the router option.
TEST(NetworkdProfile, RoutesCarryTheRouter) {
    LinkPlan link = plan();
    link.dhcp->router = true;
    link.dhcp->routes = {{Cidr4::parse("10.0.0.0/8").value(), ip("172.30.30.7")}};
    EXPECT_THAT(valuesOf(networkdProfile(link), "SendOption"),
                ElementsAre("121:string:\\x08\\x0a\\xac\\x1e\\x1e\\x07\\x00\\xac\\x1e\\x1e\\x01"));
}

/// 252 crashes for 43, 77 and 82 at the first packet; 257 sends bytes of its heap.
TEST(NetworkdProfile, OptionsThatBreakNetworkdAreNamed) {
    LinkPlan link = plan();
    for (const int number : {0, 1, 3, 6, 43, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 77, 82, 120, 255})
        link.dhcp->options.push_back({static_cast<std::uint8_t>(number), {1}, {"file:7"}});
    const NetworkdProfile profile = networkdProfile(link);
    EXPECT_THAT(valuesOf(profile, "SendOption"), IsEmpty());
    EXPECT_EQ(profile.warnings.size(), link.dhcp->options.size());
    EXPECT_THAT(profile.warnings.at(4), HasSubstr("file:7: DHCP option 43 "));
}

/// One byte too many, and networkd sends no answer at all.
TEST(NetworkdProfile, AnswerDoesNotOverflow) {
    LinkPlan link = plan();
    link.dhcp->options = {{200, std::vector<std::uint8_t>(200, 'x')},
                          {201, std::vector<std::uint8_t>(100, 'x')},
                          {202, std::vector<std::uint8_t>(20, 'x')},
                          {203, {}}};
    const NetworkdProfile profile = networkdProfile(link);
    EXPECT_THAT(valuesOf(profile, "SendOption"),
                ElementsAre("200:string:" + std::string(200, 'x'), "202:string:" + std::string(20, 'x')));
    EXPECT_THAT(profile.warnings, ElementsAre(HasSubstr("option 201"), HasSubstr("option 203")));
}

TEST(NetworkdProfile, StaticLeases) {
    const MacAddress first{{2, 0, 0, 0, 0, 1}};
    const MacAddress second{{2, 0, 0, 0, 0, 2}};
    LinkPlan link = plan();
    link.dhcp->hosts = {{first, ip("172.30.30.77"), ""},
                        {first, ip("172.30.30.78"), ""},  // the MAC again
                        {second, ip("172.30.30.77"), ""}, // the address again
                        {second, ip("172.30.30.1"), ""},  // ours
                        {second, ip("172.30.31.5"), ""}}; // not in the network
    const NetworkdProfile profile = networkdProfile(link);
    EXPECT_THAT(valuesOf(profile, "MACAddress"), ElementsAre("02:00:00:00:00:01"));
    EXPECT_THAT(profile.text,
                HasSubstr("[DHCPServerStaticLease]\nMACAddress=02:00:00:00:00:01\nAddress=172.30.30.77\n"));
    EXPECT_EQ(profile.warnings.size(), 4U);
}

TEST(NetworkdProfile, NameOfAStaticLeaseIsNotHonoured) {
    LinkPlan link = plan();
    link.dhcp->hosts = {{MacAddress{{2, 0, 0, 0, 0, 1}}, ip("172.30.30.77"), "laptop", {"file:7"}}};
    EXPECT_THAT(networkdProfile(link).warnings, ElementsAre(HasSubstr("file:7: 02:00:00:00:00:01 172.30.30.77: ")));
}

/// As configured, not only as planned by a test.
std::vector<std::string> warningsFor(const test::ConfigTree& tree, LinkPlan link) {
    link.dhcp = tree.load().config.dhcp;
    std::vector<std::string> texts;
    for (const std::string& text : networkdProfile(link).warnings)
        texts.push_back(text.substr(tree.path("").size()));
    return texts;
}

TEST(NetworkdProfile, WhatIsNotHonouredIsNamedWithItsLine) {
    const test::ConfigTree hosts("otgnet:\n  commands:\n    post_start_cmd_append:\n"
                                 "    - --dhcp-host=02:00:00:00:00:02,172.30.30.8,pc\n"
                                 "    - --dhcp-host=02:00:00:00:00:03,172.30.30.9\n");
    EXPECT_THAT(warningsFor(hosts, plan()),
                ElementsAre("etc/kvmd/override.yaml:4: otgnet/commands/post_start_cmd_append: "
                            "'--dhcp-host=02:00:00:00:00:02,172.30.30.8,pc': 02:00:00:00:00:02 172.30.30.8: "
                            "systemd-networkd cannot give the host a name"));
    const test::ConfigTree tiny("otgnet:\n  iface:\n    net: 10.0.0.0/31\n");
    EXPECT_THAT(warningsFor(tiny, plan("10.0.0.0/31")),
                ElementsAre(HasSubstr("etc/kvmd/override.yaml:3: otgnet/iface/net: systemd-networkd serves")));
}

/// A file in which a line has moved says the same.
TEST(NetworkdProfile, WhereASettingStandsMakesNoOtherPlan) {
    LinkPlan one = plan();
    one.dhcp->options = {{26, {5, 0}, {"file:7"}}};
    LinkPlan other = one;
    other.dhcp->options.front().origin.text = other.dhcp->origins.dns.text = "file:8";
    EXPECT_EQ(one, other);
}

TEST(NetworkdProfile, LeaseTimeHasBounds) {
    LinkPlan link = plan();
    link.dhcp->leaseTime = std::chrono::seconds(0);
    EXPECT_THAT(valuesOf(networkdProfile(link), "DefaultLeaseTimeSec"), ElementsAre("1"));
    link.dhcp->leaseTime = std::chrono::seconds::max();
    EXPECT_THAT(valuesOf(networkdProfile(link), "MaxLeaseTimeSec"), ElementsAre("4294967295"));
}

TEST(NetworkdProfile, NameThatIsAPatternIsRefused) {
    LinkPlan link = plan();
    link.ifname = IfName::parse("usb?").value();
    EXPECT_THROW(networkdProfile(link), Error);
    EXPECT_THROW(networkdHandsOff(link.ifname), Error);
}

TEST(NetworkdProfile, HandsOff) {
    EXPECT_THAT(settings({networkdHandsOff(IfName::parse("usb0").value()), {}}),
                ElementsAre("[Match]", "Name=usb0", "[Link]", "Unmanaged=yes"));
}

} // namespace
} // namespace otgnet
