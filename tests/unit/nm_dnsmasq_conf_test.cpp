// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/dnsmasq_conf.hpp"

#include "base/file.hpp"
#include "support/temporary_directory.hpp"
#include "unit/config_tree.hpp"
#include "unit/nm_plan.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstdio>

namespace otgnet::nm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string head = "# Written by otgnetd for its interface alone, removed when the USB network goes down.\n";
const MacAddress mac = *MacAddress::parse("48:6f:73:74:50:43");

DnsmasqConf render(const LinkPlan& plan, std::vector<Ipv4> dns = {}, bool poolInProfile = true) {
    return renderDnsmasqConf(plan, {std::move(dns), poolInProfile, [](Ipv4 a) { return a == ip("10.55.0.66"); }});
}

/// With a pool that an old NetworkManager's own adds nothing to.
LinkPlan widePlan() {
    LinkPlan plan = samplePlan();
    plan.dhcp->last = ip("10.55.0.254");
    return plan;
}

/// What dnsmasq itself says of the text, as NetworkManager hands it over.
std::string dnsmasqSays(const std::string& text) {
    const std::string directory = support::makeTemporaryDirectory("dnsmasq");
    writeFileAtomic(directory + "/90-otgnet.conf", text, 0644, ErrorCode::Failed);
    const std::string command =
        "PATH=$PATH:/usr/sbin dnsmasq --test --conf-file=/dev/null --conf-dir=" + directory + " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 512> line{};
    std::string said;
    while (std::fgets(line.data(), line.size(), pipe) != nullptr)
        said += line.data();
    ::pclose(pipe);
    std::filesystem::remove_all(directory);
    return said;
}

const std::string accepted = "dnsmasq: syntax check OK.\n";

TEST(NmDnsmasqConf, AnnouncesNothingByItself) {
    const DnsmasqConf conf = render(samplePlan());
    EXPECT_EQ(conf.text, head + "dhcp-option=tag:usb0,3\ndhcp-option=tag:usb0,6\n");
    EXPECT_THAT(conf.warnings, ElementsAre());
    EXPECT_EQ(dnsmasqSays(conf.text), accepted);
}

TEST(NmDnsmasqConf, HoldsThePoolForAnOldNetworkManager) {
    EXPECT_THAT(render(samplePlan(), {}, false).text,
                HasSubstr("dhcp-range=tag:usb0,10.55.0.10,10.55.0.20,86400\ndhcp-host=*:*:*:*:*:*,tag:usb0,86400\n"));
}

/// Its own is .10 to .254, without a tag that would keep it from us.
TEST(NmDnsmasqConf, PoolOfAnOldNetworkManagerIsWarnedOf) {
    LinkPlan plan = samplePlan();
    plan.dhcp->origins.pool = {"range"};
    EXPECT_THAT(render(plan, {}, false).warnings, ElementsAre(HasSubstr("range: NetworkManager before 1.52 also gives "
                                                                        "10.55.0.10 to 10.55.0.254")));
    EXPECT_THAT(render(plan, {}, true).warnings, ElementsAre());
    plan.dhcp->last = ip("10.55.0.254");
    EXPECT_THAT(render(plan, {}, false).warnings, ElementsAre());
    plan.network = *Cidr4::parse("10.55.0.0/28");
    plan.dhcp->first = ip("10.55.0.4");
    EXPECT_THAT(render(plan, {}, false).warnings, ElementsAre(HasSubstr("10.55.0.3 to 10.55.0.14")));
    plan.dhcp->first = ip("10.55.0.3");
    EXPECT_THAT(render(plan, {}, false).warnings, ElementsAre());
}

TEST(NmDnsmasqConf, SaysEverythingThatIsConfigured) {
    LinkPlan full = widePlan();
    full.dhcp->router = true;
    full.dhcp->ntp = {ip("10.55.0.1")};
    full.dhcp->domain = "example.org";
    full.dhcp->hosts = {{mac, ip("10.55.0.50"), "target"}};
    full.dhcp->routes = {{*Cidr4::parse("192.168.8.0/21"), ip("10.55.0.1")},
                         {*Cidr4::parse("0.0.0.0/0"), ip("10.55.0.2")}};
    full.dhcp->bootServer = "10.55.0.3";
    full.dhcp->options = {{26, {5, 220}}, {44, {10, 55, 0, 4}}, {224, {7}}};
    full.dhcp->bootFile = "pxe/boot, x.0";
    const DnsmasqConf conf = render(full, {ip("9.9.9.9"), ip("1.1.1.1")}, false);
    EXPECT_EQ(conf.text, head + "dhcp-range=tag:usb0,10.55.0.10,10.55.0.254,86400\n"
                                "dhcp-host=*:*:*:*:*:*,tag:usb0,86400\n"
                                "dhcp-option=tag:usb0,3,10.55.0.1\n"
                                "dhcp-option=tag:usb0,6,9.9.9.9,1.1.1.1\n"
                                "dhcp-option=tag:usb0,42,10.55.0.1\n"
                                "dhcp-option-force=tag:usb0,15,\"example.org\"\n"
                                "dhcp-option-force=tag:usb0,121,15:c0:a8:08:0a:37:00:01:00:0a:37:00:02\n"
                                "dhcp-option-force=tag:usb0,249,15:c0:a8:08:0a:37:00:01:00:0a:37:00:02\n"
                                "dhcp-boot=tag:usb0,\"pxe/boot, x.0\",,10.55.0.3\n"
                                "dhcp-host=48:6f:73:74:50:43,tag:usb0,10.55.0.50,target,86400\n"
                                "dhcp-option-force=tag:usb0,26,05:dc\n"
                                "dhcp-option-force=tag:usb0,44,10.55.0.4\n"
                                "dhcp-option-force=tag:usb0,224,7b\n");
    EXPECT_THAT(conf.warnings, ElementsAre());
    EXPECT_EQ(dnsmasqSays(conf.text), accepted);
}

TEST(NmDnsmasqConf, AnnouncesAnotherRouter) {
    LinkPlan other = samplePlan();
    other.dhcp->routerAddress = ip("10.55.0.7");
    EXPECT_THAT(render(other).text, HasSubstr("dhcp-option=tag:usb0,3,10.55.0.7\n"));
}

TEST(NmDnsmasqConf, KeepsLeaseTimesWithinBounds) {
    LinkPlan brief = widePlan();
    brief.dhcp->leaseTime = 30s;
    brief.dhcp->origins.leaseTime.text = "file:7";
    const DnsmasqConf conf = render(brief, {}, false);
    EXPECT_THAT(conf.text, HasSubstr("10.55.0.254,120\n"));
    EXPECT_THAT(conf.warnings,
                ElementsAre("file:7: NetworkManager takes lease times of 2 minutes to 1 year; 120 s are used"));
}

/// What a user may put into a string must not become a line of its own, nor one that dnsmasq dies of.
TEST(NmDnsmasqConf, NoTextGetsOut) {
    for (const std::string& text : std::vector<std::string>{
             "a\nport=0", "a\"\nport=0", "a # b",    "\"",       "\\",     "a\\",      "",    " ",
             "'",         ",",           ",,",       "tag:eth0", "ignore", "infinite", "12h", "5",
             "-a",        "a-",          "\xff\xfe", "set:x",    "id:*",   "1.2.3.4",  "::1", std::string(5000, 'a')}) {
        LinkPlan hostile = samplePlan();
        hostile.dhcp->domain = text;
        hostile.dhcp->bootServer = text;
        hostile.dhcp->bootFile = text;
        hostile.dhcp->hosts = {{mac, ip("10.55.0.50"), text}};
        hostile.dhcp->options = {{224, {text.begin(), text.end()}}};
        const DnsmasqConf conf = render(hostile, {}, false);
        EXPECT_EQ(dnsmasqSays(conf.text), accepted) << text;
        EXPECT_THAT(conf.text, ::testing::Not(HasSubstr("\nport"))) << text;
    }
}

/// Every number with payloads of every shape.
TEST(NmDnsmasqConf, EveryOptionIsAccepted) {
    for (const std::size_t length : {0U, 1U, 2U, 3U, 4U, 8U, 11U, 255U, 256U})
        for (const char byte : {'\xfe', '\0', 'A', '"'}) {
            LinkPlan all = samplePlan();
            for (unsigned number = 0; number < 256; ++number)
                all.dhcp->options.push_back(
                    {static_cast<std::uint8_t>(number), std::vector(length, static_cast<std::uint8_t>(byte))});
            const DnsmasqConf conf = render(all, {}, false);
            EXPECT_EQ(dnsmasqSays(conf.text), accepted) << length << ' ' << int{byte};
            EXPECT_GE(conf.warnings.size(), 15U) << length; // those of the protocol itself
        }
}

/// dnsmasq reads lines of 1023 characters, and an option has 255 bytes. The longest name of an interface counts, too.
TEST(NmDnsmasqConf, AsManyAddressesAsFitAreAnnounced) {
    for (const std::size_t count : {60U, 63U, 64U, 1000U}) {
        LinkPlan many = widePlan();
        many.ifname = *IfName::parse("usbusbusbusbus0");
        many.dhcp->ntp.assign(count, ip("210.155.200.131"));
        many.dhcp->options = {{44, std::vector(4 * std::min(count, std::size_t{63}), std::uint8_t{254})}};
        const DnsmasqConf conf = render(many, std::vector(count, ip("210.155.200.132")), false);
        EXPECT_EQ(dnsmasqSays(conf.text), accepted) << count;
        EXPECT_EQ(conf.warnings.size(), count == 60 ? 0U : 3U);
        for (const std::string& warning : conf.warnings)
            EXPECT_THAT(warning, HasSubstr(": dnsmasq takes the first 6"));
        EXPECT_THAT(conf.text, HasSubstr("6,210.155.200.132,"));
    }
}

/// Written out, the names are many times as long as the payload: each pointer stands for all of an earlier one.
TEST(NmDnsmasqConf, SearchListIsNoLongerThanALine) {
    for (const std::size_t length : {5U, 20U, 40U, 60U})
        for (const std::size_t pointers : {1U, 4U, 10U, 60U}) {
            std::vector<std::uint8_t> payload;
            for (std::size_t label = 0; label < 2; ++label) {
                payload.push_back(static_cast<std::uint8_t>(length));
                payload.insert(payload.end(), length, 'a');
            }
            payload.push_back(0);
            for (std::size_t i = 0; i < pointers; ++i)
                payload.insert(payload.end(), {1, static_cast<std::uint8_t>('b' + i % 20), 0xc0, 0});
            LinkPlan search = samplePlan();
            search.dhcp->options = {{119, payload}};
            const DnsmasqConf conf = render(search);
            EXPECT_EQ(dnsmasqSays(conf.text), accepted) << length << ' ' << pointers;
        }
}

TEST(NmDnsmasqConf, NoAddressIsReservedTwice) {
    LinkPlan twice = samplePlan();
    const MacAddress other = *MacAddress::parse("48:6f:73:74:50:44");
    twice.dhcp->hosts = {{mac, ip("10.55.0.50"), "a"}, {other, ip("10.55.0.50"), "b"}, {other, ip("10.55.0.66"), "c"}};
    const DnsmasqConf conf = render(twice);
    EXPECT_EQ(dnsmasqSays(conf.text), accepted);
    EXPECT_THAT(conf.warnings, ElementsAre(HasSubstr("10.55.0.50: the address is reserved twice"),
                                           HasSubstr("10.55.0.66: the address is reserved twice")));
}

TEST(NmDnsmasqConf, WhatIsNotHonouredIsNamedWithItsLine) {
    const test::ConfigTree tree(
        "otgnet:\n  dhcp:\n    lease_time: 1m\n  commands:\n    post_start_cmd_append:\n"
        "    - --dhcp-option=44,10.0.0.0/8\n    - --dhcp-host=02:00:00:00:00:02,172.30.30.8,1x\n");
    LinkPlan link = samplePlan();
    link.dhcp = tree.load().config.dhcp;
    const std::string file = tree.path("etc/kvmd/override.yaml");
    EXPECT_THAT(render(link).warnings,
                ElementsAre(HasSubstr(file + ":3: otgnet/dhcp/lease_time: "),
                            HasSubstr(file + ":7: otgnet/commands/post_start_cmd_append: '--dhcp-host="),
                            HasSubstr(file + ":6: otgnet/commands/post_start_cmd_append: '--dhcp-option=44,")));
}

TEST(NmDnsmasqConf, RoutesForWindowsOfTheUsersOwnGoFirst) {
    LinkPlan link = samplePlan();
    link.dhcp->routes = {{*Cidr4::parse("10.0.0.0/8"), ip("10.55.0.1")}};
    link.dhcp->options = {{249, {0, 1, 2, 3, 4}}};
    const std::string text = render(link).text;
    EXPECT_THAT(text, HasSubstr("tag:usb0,249,00:01:02:03:04\n"));
    EXPECT_EQ(text.find(",249,"), text.rfind(",249,"));
}

TEST(NmDnsmasqConf, PlainInterfaceNames) {
    EXPECT_TRUE(isPlainInterfaceName(*IfName::parse("usb0")));
    EXPECT_TRUE(isPlainInterfaceName(*IfName::parse("enx42_a.b-c@d")));
    EXPECT_FALSE(isPlainInterfaceName(*IfName::parse("usb,0")));
    EXPECT_FALSE(isPlainInterfaceName(*IfName::parse("usb?")));
    EXPECT_FALSE(isPlainInterfaceName(*IfName::parse("usb[0]")));
}

} // namespace
} // namespace otgnet::nm
