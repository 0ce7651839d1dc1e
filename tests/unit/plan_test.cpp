// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/plan.hpp"

#include "core/placeholder.hpp"
#include "core/siphash.hpp"
#include "unit/config_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace otgnet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MachineFacts facts() {
    return {"0123456789abcdef0123456789abcdef", "10000000abcdef01", false, *IfName::parse("usb0")};
}

Plan planOf(const std::string& override, const MachineFacts& machine = facts()) {
    return makePlan(test::ConfigTree(override).load().config, machine);
}

MacAddress mac(const char* text) {
    return *MacAddress::parse(text);
}

TEST(Plan, DefaultsMakeAnOwnGadget) {
    const Plan plan = planOf("");
    GadgetPlan gadget;
    gadget.name = "otgnet";
    gadget.driver = Driver::ecm;
    gadget.hostMac = deriveMac(facts(), MacEnd::host);
    gadget.kvmMac = deriveMac(facts(), MacEnd::kvm);
    gadget.vendorId = 0x1d6b;
    gadget.productId = 0x0104;
    gadget.deviceVersion = 0x0100;
    gadget.usbVersion = 0x0200;
    gadget.manufacturer = "PiKVM";
    gadget.product = "PiKVM Composite Device";
    gadget.serial = "CAFEBABE";
    gadget.maxPower = 250;
    gadget.remoteWakeup = true;
    gadget.endpoints = 9;
    gadget.initDelay = std::chrono::seconds(3);
    gadget.user = "kvmd";
    gadget.meta = "/run/kvmd/otg";
    EXPECT_EQ(plan.gadget, gadget);
    EXPECT_EQ(plan.link.address, Ipv4::parse("172.30.30.1"));
    EXPECT_EQ(plan.firewall,
              (FirewallPlan{*IfName::parse("usb0"), *Cidr4::parse("172.30.30.0/24"), true, {}, {67}, {}}));
    EXPECT_EQ(plan.hooks, HookPlan{});
}

TEST(Plan, TheDeviceVersionTellsTheDriver) {
    const auto version = [](const std::string& driver) {
        return planOf("otg: {devices: {ethernet: {driver: " + driver + "}}}").gadget.deviceVersion;
    };
    EXPECT_EQ(version("ecm"), 0x0100);
    EXPECT_EQ(version("eem"), 0x0100);
    EXPECT_EQ(version("ncm"), 0x0102);
    EXPECT_EQ(version("rndis"), 0x0101);
    EXPECT_EQ(version("rndis5"), 0x0100);
    EXPECT_EQ(planOf("otg: {device_version: 0, devices: {ethernet: {driver: ncm}}}").gadget.deviceVersion, 0);
}

TEST(Plan, TheFunctionIsNamedAfterTheKernelsDriver) {
    EXPECT_EQ(planOf("otg: {devices: {ethernet: {driver: rndis5}}}").gadget.function(), "rndis.usb0");
    EXPECT_EQ(planOf("otg: {devices: {ethernet: {driver: ncm}}}").gadget.function(), "ncm.usb0");
}

TEST(Plan, KvmdsGadgetIsJoinedIfItIsThere) {
    MachineFacts kvmd = facts();
    kvmd.kvmdGadget = true;
    const auto gadget = [](const std::string& choice, const MachineFacts& machine) {
        const GadgetPlan plan = planOf("otgnet: {link: {gadget: " + choice + "}}", machine).gadget;
        return plan.name + (plan.shared ? " shared" : "");
    };
    EXPECT_EQ(gadget("auto", kvmd), "kvmd shared");
    EXPECT_EQ(gadget("auto", facts()), "otgnet");
    EXPECT_EQ(gadget("own", kvmd), "otgnet");
    EXPECT_EQ(gadget("join", facts()), "kvmd shared");
}

TEST(Plan, DerivedMacsAreStableLocalAndDifferent) {
    const MacAddress host = deriveMac(facts(), MacEnd::host);
    const MacAddress kvm = deriveMac(facts(), MacEnd::kvm);
    EXPECT_EQ(host, deriveMac(facts(), MacEnd::host));
    EXPECT_NE(host, kvm);
    for (const MacAddress& each : {host, kvm})
        EXPECT_EQ(each.bytes[0] & 3, 2);
    MachineFacts card = facts(); // a cloned SD card in another board
    card.serialNumber = "10000000abcdef02";
    EXPECT_NE(deriveMac(card, MacEnd::host), host);
    MachineFacts installation = facts();
    installation.machineId.back() = '0';
    EXPECT_NE(deriveMac(installation, MacEnd::host), host);
    EXPECT_NE(deriveMac({"", "", false, *IfName::parse("usb0")}, MacEnd::host),
              deriveMac({"", "", false, *IfName::parse("usb0")}, MacEnd::kvm));
}

TEST(Plan, ADerivedMacGivesWayToAWrittenOne) {
    const std::string kvm = deriveMac(facts(), MacEnd::kvm).text();
    const Plan plan = planOf("otg: {devices: {ethernet: {host_mac: '" + kvm + "'}}}");
    EXPECT_EQ(plan.gadget.hostMac.text(), kvm);
    EXPECT_NE(plan.gadget.kvmMac, plan.gadget.hostMac);
    EXPECT_FALSE(plan.gadget.kvmMac.isMulticast());
}

TEST(Plan, EqualMacsAreRefused) {
    Config config = test::ConfigTree().load().config;
    config.ethernet.hostMac = config.ethernet.kvmMac = mac("02:00:00:00:00:01");
    try {
        makePlan(config, facts());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidConfig);
        EXPECT_THAT(error.what(), HasSubstr("host_mac"));
        EXPECT_THAT(error.what(), HasSubstr("kvm_mac"));
    }
}

TEST(Plan, OurAddressIsTheFirstOfTheNetwork) {
    EXPECT_EQ(ownAddress(*Cidr4::parse("10.0.0.0/30")), Ipv4::parse("10.0.0.1"));
    EXPECT_EQ(ownAddress(*Cidr4::parse("10.0.0.2/31")), Ipv4::parse("10.0.0.2"));
    EXPECT_EQ(ownAddress(*Cidr4::parse("0.0.0.0/0")), Ipv4::parse("0.0.0.1"));
    EXPECT_THROW(ownAddress(*Cidr4::parse("10.0.0.0/32")), Error);
}

TEST(Plan, HooksOfTheUsersOwnRunWithPlaceholdersFilled) {
    const Plan plan =
        planOf("otgnet:\n  iface: {net: 10.0.0.0/29}\n  firewall: {forward_iface: eth0}\n  commands:\n"
               "    pre_start_cmd: [/x, '{iface}', '{iface_ip}/{net_prefix}', '{{{net_ip}}}']\n"
               "    post_start_cmd: [/y, '{dhcp_ip_begin}-{dhcp_ip_end}', '{net_mask}', '{dhcp_option_3}']\n"
               "    pre_stop_cmd: /z\n"
               "    post_stop_cmd_append: [ignored]\n");
    EXPECT_EQ(plan.hooks, (HookPlan{{{"/x", "usb0", "10.0.0.1/29", "{10.0.0.0}"}, {}},
                                    {{"/y", "10.0.0.2-10.0.0.6", "255.255.255.248", "3,10.0.0.1"}, {}},
                                    {{"/z"}, {}},
                                    {}}));
    EXPECT_FALSE(plan.link.dhcp);
}

TEST(Plan, AHookWithAMistakeIsNoCommandButStillAHook) {
    const HookPlan hooks =
        planOf("otgnet: {commands: {post_stop_cmd: [/x, '{print}'], pre_start_cmd: [/x, \"\\0\"]}}").hooks;
    EXPECT_THAT(hooks.postStop.argv, IsEmpty());
    EXPECT_THAT(hooks.postStop.mistake, HasSubstr("unknown placeholder {print}"));
    EXPECT_THAT(hooks.preStart.mistake, HasSubstr("a NUL byte"));
    EXPECT_FALSE(hooks.postStop.empty());
    EXPECT_TRUE(hooks.postStart.empty());
}

TEST(Plan, KvmdsOwnStopCommandRunsOnlyForAUnitThatIsThere) {
    EXPECT_THAT(planOf("otgnet: {commands: {post_start_cmd: [/my/dhcp]}}").hooks.preStop.argv, IsEmpty());
    EXPECT_THAT(
        planOf("otgnet: {commands: {post_start_cmd: [/usr/bin/systemd-run, --unit=kvmd-otgnet-dnsmasq, /my/dhcp]}}")
            .hooks.preStop.argv,
        ElementsAre("/usr/bin/systemctl", "stop", "kvmd-otgnet-dnsmasq"));
    EXPECT_THAT(planOf("otgnet: {commands: {pre_stop_cmd: [/usr/bin/systemctl, stop, mine]}}").hooks.preStop.argv,
                ElementsAre("/usr/bin/systemctl", "stop", "mine"));
}

TEST(Plan, WordsAreRemovedBeforePlaceholdersAreFilled) {
    const Plan plan =
        planOf("otgnet: {commands: {pre_start_cmd: [/x, '{iface}', usb0, a, a], pre_start_cmd_remove: [/x, usb0, a], "
               "pre_start_cmd_append: [a]}}");
    EXPECT_THAT(plan.hooks.preStart.argv, ElementsAre("/x", "usb0", "a"));
}

TEST(Plan, SuspendDetach) {
    const auto detach = [](const std::string& value) {
        return test::ConfigTree("otgnet: {link: {suspend_detach: " + value + "}}").load().config.link.suspendDetach;
    };
    EXPECT_EQ(detach("auto"), std::nullopt);
    EXPECT_EQ(detach("off"), std::chrono::seconds(0));
    EXPECT_EQ(detach("5"), std::chrono::seconds(5));
}

TEST(Placeholder, BracesAreThoseOfPython) {
    const Placeholders values = placeholdersFor(*Cidr4::parse("10.0.0.0/24"), "usb0", false);
    EXPECT_EQ(fillPlaceholders("a{iface}b{iface:s}{iface!s}", values), "ausb0busb0usb0");
    EXPECT_EQ(fillPlaceholders("{iface!r}{{}}", values), "'usb0'{}");
    EXPECT_EQ(fillPlaceholders("{dhcp_option_3}", values), "3");
    for (const char* bad :
         {"{", "}", "{iface", "{}", "{0}", "{ iface}", "{iface.x}", "{iface[0]}", "{iface!x}", "a}}}b"})
        EXPECT_THROW(fillPlaceholders(bad, values), Error) << bad;
}

TEST(SipHash, IsThatOfItsAuthors) {
    std::string text;
    for (char c = 0; c < 15; ++c)
        text += c;
    EXPECT_EQ(sipHash("07060504030201000f0e0d0c0b0a0908", text), 0xa129ca6149be45e5);
    EXPECT_EQ(sipHash("nonsense", "x"), sipHash("", "x"));
}

} // namespace
} // namespace otgnet
