// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "unit/config_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace otgnet {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Ipv4 ip(const char* text) {
    return *Ipv4::parse(text);
}

/// With more arguments for dnsmasq, one in each line of the file from line 4 on.
class Appended {
public:
    explicit Appended(const std::vector<std::string>& arguments, const std::string& more = "") {
        std::string text = "otgnet:\n  commands:\n    post_start_cmd_append:\n";
        for (const std::string& argument : arguments)
            text += "    - '" + argument + "'\n";
        tree_.write("etc/kvmd/override.yaml", text + more);
        loaded_ = tree_.load();
    }
    const DhcpConfig& dhcp() const { return loaded_.config.dhcp.value(); }
    /// Without the path in front.
    std::vector<std::string> warnings() const {
        std::vector<std::string> texts;
        for (const std::string& text : loaded_.warnings)
            texts.push_back(text.substr(tree_.path("etc/kvmd/override.yaml:").size()));
        return texts;
    }

private:
    test::ConfigTree tree_;
    LoadedConfig loaded_;
};

TEST(Dnsmasq, WhatKvmdsDocumentationTeaches) {
    const Appended set({"--dhcp-option=6,1.1.1.1,1.0.0.1"});
    EXPECT_THAT(set.dhcp().dns, ElementsAre(ip("1.1.1.1"), ip("1.0.0.1")));
    EXPECT_THAT(set.warnings(), IsEmpty());
}

TEST(Dnsmasq, AsOneTextTheCommaCutsAsInKvmd) {
    test::ConfigTree tree("otgnet: {commands: {post_start_cmd_append: '--dhcp-option=6,8.8.8.8'}}");
    const LoadedConfig loaded = tree.load();
    EXPECT_THAT(loaded.config.dhcp->dns, IsEmpty());
    EXPECT_THAT(loaded.warnings,
                ElementsAre(HasSubstr("otgnet/commands/post_start_cmd_append: '8.8.8.8': not supported")));
}

TEST(Dnsmasq, OptionsHaveNumbersAndNames) {
    const Appended set({"--dhcp-option=option:dns-server,9.9.9.9", "--dhcp-option=ntp-server,172.30.30.7", "-O15,lan",
                        "--dhcp-option", "option:mtu,1400", "--dhcp-option=51,1800", "--dhcp-option=66,tftp.lan",
                        "--dhcp-option-force=67,boot/file",
                        "--dhcp-option=121,10.0.0.0/8,172.30.30.7,0.0.0.0/0,0.0.0.0"});
    DhcpConfig expected;
    expected.first = ip("172.30.30.2");
    expected.last = ip("172.30.30.254");
    expected.leaseTime = std::chrono::minutes(30);
    expected.dns = {ip("9.9.9.9")};
    expected.ntp = {ip("172.30.30.7")};
    expected.domain = "lan";
    expected.routes = {{*Cidr4::parse("10.0.0.0/8"), ip("172.30.30.7")},
                       {*Cidr4::parse("0.0.0.0/0"), ip("0.0.0.0")}}; // on the link itself, as dnsmasq says it
    expected.bootServer = "tftp.lan";
    expected.bootFile = "boot/file";
    expected.options = {{26, {0x05, 0x78}}};
    EXPECT_EQ(set.dhcp(), expected);
    EXPECT_THAT(set.warnings(), IsEmpty());
}

TEST(Dnsmasq, TheLastOneOfAnOptionCounts) {
    const Appended set({"--dhcp-option=224,1", "--dhcp-option=6,8.8.8.8", "--dhcp-option=224,2", "--dhcp-option=23,64",
                        "--dhcp-option=6"});
    EXPECT_THAT(set.dhcp().dns, IsEmpty());
    EXPECT_THAT(set.dhcp().options, ElementsAre(RawOption{23, {64}}, RawOption{224, {2}}));
}

TEST(Dnsmasq, ValuesOfAnOptionAreKeptAsTheyStand) {
    const Appended set({"--dhcp-option=224,a,,b, c,", "--dhcp-option=6, 1.1.1.1 , 8.8.8.8", "--dhcp-option=225, "});
    EXPECT_THAT(set.dhcp().options, ElementsAre(RawOption{224, {'a', ',', ',', 'b', ',', ' ', 'c', ','}}));
    EXPECT_THAT(set.dhcp().dns, ElementsAre(ip("1.1.1.1"), ip("8.8.8.8")));
    EXPECT_THAT(set.warnings(), IsEmpty());
}

TEST(Dnsmasq, HostBitsOfARouteDoNotCount) {
    EXPECT_THAT(Appended({"--dhcp-option=121,10.1.2.3/20, 172.30.30.7"}).dhcp().routes,
                ElementsAre(ClasslessRoute{*Cidr4::parse("10.1.0.0/20"), ip("172.30.30.7")}));
}

const std::string withoutRange = "    post_start_cmd_remove: ['--dhcp-range={dhcp_ip_begin},{dhcp_ip_end},24h']\n";

TEST(Dnsmasq, APoolAndALeaseTime) {
    const Appended set({"--dhcp-range=172.30.30.100,172.30.30.150,255.255.255.0,90m"}, withoutRange);
    EXPECT_EQ(set.dhcp().first, ip("172.30.30.100"));
    EXPECT_EQ(set.dhcp().last, ip("172.30.30.150"));
    EXPECT_EQ(set.dhcp().leaseTime, std::chrono::minutes(90));
    EXPECT_THAT(set.warnings(), IsEmpty());
}

TEST(Dnsmasq, OfSeveralPoolsTheLastCountsAndThatIsSaid) {
    const Appended set({"--dhcp-range=172.30.30.100,172.30.30.150,90m"});
    EXPECT_EQ(set.dhcp().first, ip("172.30.30.100"));
    EXPECT_THAT(set.warnings(), ElementsAre(AllOf(HasSubstr("4: "), HasSubstr("there can be one range only"))));
}

TEST(Dnsmasq, ARangeThatIsRefusedLeavesNoLeaseTime) {
    EXPECT_EQ(Appended({"--dhcp-range=10.0.0.1,10.0.0.9,90m"}).dhcp().leaseTime, std::chrono::hours(24));
    const Appended alone({"--dhcp-range=10.0.0.1,10.0.0.9,90m"}, withoutRange);
    EXPECT_EQ(alone.dhcp().first, ip("172.30.30.2"));
    EXPECT_EQ(alone.dhcp().leaseTime, std::chrono::hours(1));
    EXPECT_THAT(alone.warnings(), ElementsAre(HasSubstr("not within 172.30.30.2 to 172.30.30.254")));
}

TEST(Dnsmasq, ARangeWithoutATimeHasDnsmasqsOwn) {
    EXPECT_EQ(Appended({"--dhcp-range=172.30.30.100,172.30.30.150"}).dhcp().leaseTime, std::chrono::hours(1));
    EXPECT_EQ(Appended({"--dhcp-option=51,1800", "--dhcp-range=172.30.30.100,172.30.30.150"}).dhcp().leaseTime,
              std::chrono::minutes(30));
}

TEST(Dnsmasq, ABadLeaseTimeDoesNotCostThePool) {
    const Appended set({"--dhcp-range=172.30.30.100,172.30.30.150,soon"}, withoutRange);
    EXPECT_EQ(set.dhcp().first, ip("172.30.30.100"));
    EXPECT_EQ(set.dhcp().leaseTime, std::chrono::hours(1));
    EXPECT_THAT(set.warnings(), ElementsAre(HasSubstr("the lease time 'soon' is not understood")));
}

TEST(Dnsmasq, UnitsOfTimeMayBeCapitals) {
    const std::string range = "--dhcp-range=172.30.30.100,172.30.30.150,";
    EXPECT_EQ(Appended({range + "12H"}, withoutRange).dhcp().leaseTime, std::chrono::hours(12));
    EXPECT_EQ(Appended({range + "2W"}, withoutRange).dhcp().leaseTime, std::chrono::hours(24 * 14));
    EXPECT_THAT(Appended({range + "90M"}, withoutRange).warnings(), IsEmpty());
}

TEST(Dnsmasq, WhatFollowsTheLeaseTimeIsSaid) {
    const Appended set({"--dhcp-range=172.30.30.100,172.30.30.150,2h,x"}, withoutRange);
    EXPECT_EQ(set.dhcp().leaseTime, std::chrono::hours(2));
    EXPECT_THAT(set.warnings(), ElementsAre(HasSubstr("'x' is left out")));
}

TEST(Dnsmasq, ARangeOfStaticLeasesOnlySaysWhichPoolThereIs) {
    for (const char* range : {"172.30.30.0,static", "172.30.30.0,static,255.255.255.0,12h"})
        EXPECT_THAT(Appended({std::string("--dhcp-range=") + range}, withoutRange).warnings(),
                    ElementsAre(HasSubstr("static leases only is not supported; any host gets an address from "
                                          "172.30.30.2 to 172.30.30.254")));
}

TEST(Dnsmasq, WhatServesElsewhereOrReadsMoreIsSaid) {
    for (const char* word : {"--conf-file=/etc/dnsmasq.conf", "-C/etc/dnsmasq.conf", "--interface=eth0", "-ieth0",
                             "--except-interface=eth0", "--listen-address=10.0.0.1", "--dhcp-authoritative", "-K",
                             "--dhcp-leasefile=/var/lib/leases", "--log-dhcp"})
        EXPECT_THAT(Appended({word}).warnings(), ElementsAre(HasSubstr(std::string("4: otgnet/commands/post_start_cmd"
                                                                                   "_append: '") +
                                                                       word + "': ")));
    EXPECT_THAT(Appended({"-C", "/etc/dnsmasq.conf"}).warnings(), ElementsAre(HasSubstr("the file is not read")));
    EXPECT_THAT(
        Appended({"--interface={iface}", "--conf-file=/dev/null", "-C", "/dev/null", "-x", "/run/x", "-p0"}).warnings(),
        IsEmpty());
}

TEST(Dnsmasq, APoolThatWouldBreakAManagerNeverReachesIt) {
    for (const char* range : {"10.0.0.1,10.0.0.9", "172.30.30.200,172.30.30.100", "172.30.30.2,172.30.30.255",
                              "172.30.30.0,172.30.30.9", "172.30.30.2,static", "tag:x,172.30.30.2,172.30.30.9",
                              "fd00::1,fd00::9", "172.30.30.2,172.30.30.9,255.255.0.0"}) {
        const Appended set({std::string("--dhcp-range=") + range});
        EXPECT_EQ(set.dhcp().first, ip("172.30.30.2")) << range;
        EXPECT_EQ(set.dhcp().last, ip("172.30.30.254")) << range;
        EXPECT_THAT(set.warnings(), ElementsAre(HasSubstr("4: otgnet/commands/post_start_cmd_append: '--dhcp-range=")));
    }
}

TEST(Dnsmasq, OptionsThatBreakManagersAreNamed) {
    for (const int number : {0, 1, 43, 50, 52, 53, 54, 55, 56, 57, 58, 59, 61, 77, 82, 120, 255}) {
        const Appended set({"--dhcp-option=" + std::to_string(number) + ",1.2.3.4"});
        EXPECT_THAT(set.dhcp().options, IsEmpty()) << number;
        EXPECT_THAT(set.warnings(), ElementsAre(HasSubstr("is the server's own"))) << number;
    }
}

TEST(Dnsmasq, WhatIsNotUnderstoodIsNamedWithItsLine) {
    const std::vector<std::string> bad{"--dhcp-option=tag:x,6,1.1.1.1",
                                       "--dhcp-option=option6:dns-server,[::]",
                                       "--dhcp-option=nonsense,1",
                                       "--dhcp-option=6,one.one.one.one",
                                       "--dhcp-option=26,70000",
                                       "--dhcp-option=0x1a,1400",
                                       "--dhcp-option=121,10.0.0.0/8",
                                       "--dhcp-option=121,10.0.0.0,172.30.30.7",
                                       "--dhcp-option=15,a b",
                                       "--domain=-x",
                                       "--dhcp-host=02:00:00:00:00:01",
                                       "--dhcp-host=id:x,172.30.30.9",
                                       "--dhcp-boot=x y",
                                       "--enable-tftp",
                                       "--tftp-root=/srv",
                                       "--address=/x/1.2.3.4",
                                       "--port=53",
                                       "--dhcp-script=/x",
                                       "-Q",
                                       "word"};
    const Appended set(bad);
    ASSERT_EQ(set.warnings().size(), bad.size());
    for (std::size_t i = 0; i < bad.size(); ++i)
        EXPECT_THAT(set.warnings()[i],
                    HasSubstr(std::to_string(i + 4) + ": otgnet/commands/post_start_cmd_append: '" + bad[i] + "': "));
    EXPECT_EQ(set.dhcp(), Appended({}, "    - --no-ping\n").dhcp());
}

TEST(Dnsmasq, StaticLeases) {
    const Appended set({"--dhcp-host=02:00:00:00:00:01,172.30.30.9,pc", "-G", "172.30.30.8,02:00:00:00:00:02",
                        "--dhcp-host=02:00:00:00:00:03,172.30.30.1", "--dhcp-host=02:00:00:00:00:04,10.0.0.1"});
    EXPECT_THAT(set.dhcp().hosts,
                ElementsAre(StaticLease{*MacAddress::parse("02:00:00:00:00:01"), ip("172.30.30.9"), "pc"},
                            StaticLease{*MacAddress::parse("02:00:00:00:00:02"), ip("172.30.30.8"), ""}));
    EXPECT_EQ(set.warnings().size(), 2U);
}

TEST(Dnsmasq, AStaticLeaseHoldsWithoutWhatWeCannotDo) {
    for (const auto& [part, name] :
         {std::pair{"infinite", ""}, {"12h", ""}, {"pc,12H", "pc"}, {"set:x", ""}, {"pc,02:00:00:00:00:07", "pc"}}) {
        const Appended set({std::string("--dhcp-host=02:00:00:00:00:01,172.30.30.9,") + part});
        EXPECT_THAT(set.dhcp().hosts,
                    ElementsAre(StaticLease{*MacAddress::parse("02:00:00:00:00:01"), ip("172.30.30.9"), name}));
        EXPECT_THAT(set.warnings(), ElementsAre(HasSubstr("' is left out; a static lease is")));
    }
}

TEST(Dnsmasq, AStaticLeaseThatWouldBeAnotherOneIsRefused) {
    for (const char* part : {"ignore", "tag:x", "infinite,ignore"}) {
        const Appended set({std::string("--dhcp-host=02:00:00:00:00:01,172.30.30.9,") + part});
        EXPECT_THAT(set.dhcp().hosts, IsEmpty());
        EXPECT_THAT(set.warnings(), ElementsAre(HasSubstr("' is not supported")));
    }
}

TEST(Dnsmasq, ADomainMayBeForOurSubnet) {
    for (const char* rest :
         {"172.30.30.0/24", "172.30.30.1/24,local", "172.30.0.0/16", "172.30.30.1,172.30.30.254", "local", "{iface}"}) {
        const Appended set({std::string("--domain=lan,") + rest});
        EXPECT_EQ(set.dhcp().domain, "lan") << rest;
        EXPECT_THAT(set.warnings(), IsEmpty());
    }
}

TEST(Dnsmasq, ADomainForAnotherSubnetIsNotOurs) {
    for (const char* rest :
         {"10.0.0.0/8", "172.30.30.0/25", "172.30.30.0/x", "172.30.30.9", "172.30.30.9,172.30.30.20", "eth0", ""}) {
        const Appended set({"--domain=here", std::string("--domain=lan,") + rest});
        EXPECT_EQ(set.dhcp().domain, "here") << rest;
        EXPECT_THAT(set.warnings(), ElementsAre(HasSubstr("5: otgnet/commands/post_start_cmd_append: '--domain=lan,")));
    }
    EXPECT_THAT(Appended({"--dhcp-option=15,lan,172.30.30.0/24"}).warnings(),
                ElementsAre(HasSubstr("is not a domain name")));
}

TEST(Dnsmasq, TheRouterIsWhatTheArgumentsSay) {
    const std::string forward = "  firewall: {forward_iface: eth0}\n";
    EXPECT_FALSE(Appended({"--no-ping"}).dhcp().router);
    EXPECT_TRUE(Appended({"--no-ping"}, forward).dhcp().router);
    EXPECT_FALSE(Appended({"--dhcp-option=3"}, forward).dhcp().router);
    const Appended other({"--dhcp-option=3,172.30.30.7"});
    EXPECT_FALSE(other.dhcp().router);
    EXPECT_EQ(other.dhcp().routerAddress, ip("172.30.30.7"));
    EXPECT_TRUE(Appended({"--dhcp-option=3"}, forward + "  dhcp: {router: auto}\n").dhcp().router);
    EXPECT_TRUE(Appended({"--no-ping"}, "  dhcp: {router: yes}\n").dhcp().router);
}

TEST(Dnsmasq, OurOwnKeysWin) {
    const Appended set(
        {"--dhcp-option=6,8.8.8.8", "--dhcp-option=15,there"},
        "  dhcp: {dns: auto, domain: here, lease_time: 1h, ntp: 172.30.30.7, routes: [{to: 10.0.0.0/8, via: "
        "172.30.30.1}]}\n");
    EXPECT_TRUE(set.dhcp().dnsFromUplink);
    EXPECT_THAT(set.dhcp().dns, IsEmpty());
    EXPECT_EQ(set.dhcp().domain, "here");
    EXPECT_EQ(set.dhcp().leaseTime, std::chrono::hours(1));
    EXPECT_THAT(set.dhcp().routes, ElementsAre(ClasslessRoute{*Cidr4::parse("10.0.0.0/8"), ip("172.30.30.1")}));
}

TEST(Dnsmasq, NoPortMeansDnsWhichWeDoNotOffer) {
    test::ConfigTree tree("otgnet: {commands: {post_start_cmd_remove: [--port=0]}}");
    EXPECT_THAT(tree.load().warnings, ElementsAre(HasSubstr("post_start_cmd_remove: without --port=0")));
}

TEST(Dnsmasq, NoRangeMeansNoDhcp) {
    test::ConfigTree tree(
        "otgnet: {commands: {post_start_cmd_remove: ['--dhcp-range={dhcp_ip_begin},{dhcp_ip_end},24h']}}");
    const LoadedConfig loaded = tree.load();
    EXPECT_FALSE(loaded.config.dhcp);
    EXPECT_THAT(loaded.warnings,
                ElementsAre(tree.path("etc/kvmd/override.yaml:1: otgnet/commands/post_start_cmd_remove: "
                                      "without --dhcp-range there is no DHCP service")));
    const test::ConfigTree own("otgnet:\n  commands: {post_start_cmd: [/usr/bin/systemd-run, dnsmasq, -p0]}");
    EXPECT_THAT(own.load().warnings, ElementsAre(own.path("etc/kvmd/override.yaml:2: otgnet/commands/post_start_cmd: "
                                                          "without --dhcp-range there is no DHCP service")));
}

TEST(Dnsmasq, MoreThanAMessageHoldsIsDropped) {
    std::vector<std::string> arguments;
    for (int i = 224; i < 234; ++i)
        arguments.push_back("--dhcp-option=" + std::to_string(i) + "," + std::string(40, 'x'));
    const Appended set(arguments);
    EXPECT_LT(set.dhcp().options.size(), 10U);
    EXPECT_EQ(set.dhcp().options.size() + set.warnings().size(), 10U);
    EXPECT_THAT(set.warnings().front(),
                AllOf(HasSubstr("13: otgnet/commands/post_start_cmd_append: '--dhcp-option=233,"),
                      HasSubstr("no room for it")));
}

TEST(Dnsmasq, TheLargestOfWhatDoesNotFitIsNamed) {
    std::string routes = "  dhcp:\n    domain: lan\n    routes:\n";
    for (int i = 0; i < 30; ++i)
        routes += "      - {to: 10." + std::to_string(i) + ".0.0/16, via: 172.30.30.7}\n";
    EXPECT_THAT(
        Appended({"--dhcp-option=6,1.1.1.1"}, routes).warnings(),
        ElementsAre("7: otgnet/dhcp/routes: more DHCP options than fit into a message; the host may get nothing"));
    std::string dns = "--dhcp-option=6";
    for (int i = 1; i < 64; ++i)
        dns += ",1.1.1." + std::to_string(i);
    EXPECT_THAT(Appended({dns}).warnings(),
                ElementsAre(AllOf(HasSubstr("4: otgnet/commands/post_start_cmd_append: '--dhcp-option=6,"),
                                  HasSubstr("more DHCP options than fit"))));
}

TEST(Dnsmasq, SystemdRunsOwnArgumentsAreNotDnsmasqs) {
    test::ConfigTree tree("otgnet: {commands: {post_start_cmd: [/usr/bin/systemd-run, --unit=x, --slice=y, dnsmasq, "
                          "'--dhcp-range={dhcp_ip_begin},{dhcp_ip_end}', --port=0]}}");
    const LoadedConfig loaded = tree.load();
    ASSERT_TRUE(loaded.config.dhcp);
    EXPECT_EQ(loaded.config.dhcp->leaseTime, std::chrono::hours(1));
    EXPECT_TRUE(loaded.config.dhcp->router); // dnsmasq announces itself unless it is told not to
    EXPECT_THAT(loaded.warnings, IsEmpty());
}

TEST(Dnsmasq, ValuesOfSystemdRunsOptionsAreNotTheProgram) {
    for (const char* options :
         {"-u, x", "--unit, x", "-p, Restart=always", "--property, Restart=always", "--uid, 0", "--gid, 0",
          "--slice, y", "-qu, x", "-ux", "--collect, --", "-d, -p, Nice=5, --unit, /x/dnsmasq"}) {
        const test::ConfigTree tree("otgnet: {commands: {post_start_cmd: [/usr/bin/systemd-run, " +
                                    std::string(options) +
                                    ", /usr/sbin/dnsmasq, '--dhcp-range={dhcp_ip_begin},{dhcp_ip_end}', --port=0]}}");
        const LoadedConfig loaded = tree.load();
        EXPECT_TRUE(loaded.config.dhcp) << options;
        EXPECT_THAT(loaded.warnings, IsEmpty()) << options;
    }
}

TEST(Dnsmasq, AProgramThatIsGivenDnsmasqIsTheUsersOwn) {
    for (const char* words :
         {"/my/dhcp, /usr/sbin/dnsmasq", "--unit=x, /my/dhcp, --use=/usr/sbin/dnsmasq", "-u, dnsmasq, /my/dhcp",
          "--, /my/dhcp, dnsmasq", "--unit=/dnsmasq", "-p, dnsmasq", "--"}) {
        const test::ConfigTree tree("otgnet: {commands: {post_start_cmd: [/usr/bin/systemd-run, " + std::string(words) +
                                    "]}}");
        const LoadedConfig loaded = tree.load();
        EXPECT_FALSE(loaded.config.dhcp) << words;
        EXPECT_THAT(loaded.config.hooks.postStart, Contains("/usr/bin/systemd-run")) << words;
        EXPECT_THAT(loaded.warnings, IsEmpty()) << words;
    }
}

} // namespace
} // namespace otgnet
