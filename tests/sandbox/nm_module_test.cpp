// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/nm_link.hpp"

#include "host/firewall.hpp"
#include "host/module_link.hpp"
#include "sandbox/traffic.hpp"

#include <filesystem>

namespace otgnet::nm {
namespace {

using ::testing::HasSubstr;

/// What the daemon loads, over the same border.
TEST(NmModule, ThrowsWhatTheDaemonCatches) {
    sandbox::World world;
    const auto bus = world.connect();
    sandbox::LinkRecorder recorder;
    const auto link = loadModuleLink(OTGNET_MODULE, *bus, recorder, "/");
    std::optional<ErrorCode> code;
    link->publish(samplePlan(), [&](const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const Error& e) {
            code = e.code();
        }
    });
    sandbox::loopUntil([&] { return code.has_value(); }, "the answer");
    EXPECT_EQ(code, ErrorCode::BackendUnavailable);
}

class NmFirewall : public NmLink {
protected:
    NmFirewall() : NmLink({.uplink = "eth0"}) {
        sandbox::run({"ip", "address", "add", "192.0.2.1/24", "dev", "eth0"});
        sandbox::run({"ip", "link", "set", "eth0", "up"});
        sandbox::run({"ip", "-n", "wan", "address", "add", "192.0.2.2/24", "dev", "wan0"});
        sandbox::run({"ip", "-n", "wan", "link", "set", "wan0", "up"});
    }

    Fd fromHost(const char* address, std::uint16_t port) const {
        return sandbox::startTcp({.netns = world_.host()}, {.address = address, .port = port});
    }
    static FirewallPlan plan(std::optional<IfName> forward = std::nullopt) {
        return {*IfName::parse("usb0"), *Cidr4::parse("10.55.0.0/24"), false, {}, {}, std::move(forward)};
    }
};

/// NetworkManager's shared mode forwards from the link to anywhere, and its dnsmasq answers DNS.
TEST_F(NmFirewall, OursClosesWhatSharedModeOpens) {
    NftFirewall firewall([] {});
    firewall.put(plan());
    LinkPlan open = samplePlan();
    open.dhcp->router = true;
    bringUp(open);
    sandbox::DhcpClient client(world_);
    EXPECT_EQ(client.bound()["router"], "10.55.0.1");
    EXPECT_THAT(sandbox::run({"nft", "list", "ruleset"}), HasSubstr("nm-shared-usb0"));

    const Fd wan = sandbox::listenTcp({.netns = world_.wan(), .port = 7777});
    const Fd out = fromHost("192.0.2.2", 7777);
    const Fd dns = fromHost("10.55.0.1", 53);
    client.renewed(); // what was sent before has been dealt with
    EXPECT_TRUE(sandbox::isSilent(out));
    EXPECT_TRUE(sandbox::isSilent(dns));
    EXPECT_TRUE(sandbox::isEmpty(wan));

    firewall.put(plan(IfName::parse("eth0")));
    EXPECT_TRUE(sandbox::connects(out)); // at the next try of TCP
    EXPECT_EQ(sandbox::acceptFrom(wan), "192.0.2.1");
    EXPECT_TRUE(sandbox::isSilent(dns));
}

class NmUplink : public NmLink {
protected:
    NmUplink() : NmLink({.uplink = "eth0"}) {}

    /// As after a boot: the uplink is there, and not managed yet.
    void startManagerWithUplink(const char* servers) {
        startManager();
        world_.plug();
        sandbox::run({"ip", "-n", "wan", "link", "set", "wan0", "up"});
        sandbox::run({"nmcli", "device", "set", "eth0", "managed", "yes"});
        addConnection("eth0", "up",
                      {"ipv4.method", "manual", "ipv4.addresses", "192.0.2.1/24", "ipv4.dns", servers, "ipv6.method",
                       "disabled"});
    }

    static LinkPlan planWithUplink() {
        LinkPlan plan = samplePlan();
        plan.dhcp->dnsFromUplink = true;
        plan.dhcp->last = ip("10.55.0.254"); // nothing else to be warned of
        plan.uplink = *IfName::parse("eth0");
        return plan;
    }

    void setDns(const char* servers) {
        sandbox::run({"nmcli", "connection", "modify", "--temporary", "up", "ipv4.dns", servers});
        sandbox::run({"nmcli", "connection", "up", "up"});
    }
};

TEST_F(NmUplink, ItsNameServersAreAnnounced) {
    startManagerWithUplink("");
    makeLink();
    ASSERT_EQ(publish(planWithUplink()), "");
    EXPECT_THAT(recorder_.warningTexts, ::testing::ElementsAre(HasSubstr(": auto: NetworkManager knows")));
    ASSERT_EQ(settle(), "");
    setDns("192.0.2.53,192.0.2.54");
    sandbox::loopUntil([&] { return recorder_.warningTexts.empty(); }, "the name servers of the uplink");
    EXPECT_EQ(settle(), "");
    waitForDevice("100 (connected) otgnet");
    EXPECT_EQ(sandbox::DhcpClient(world_).bound()["dns"], "192.0.2.53 192.0.2.54");
}

/// The host would have none for half of its lease.
TEST_F(NmUplink, ItsNameServersOutliveARestartOfNetworkManager) {
    startManagerWithUplink("192.0.2.53");
    sandbox::run({"nmcli", "connection", "up", "up"});
    makeLink();
    ASSERT_EQ(publish(planWithUplink()), "");
    ASSERT_EQ(settle(), "");
    const auto written = std::filesystem::last_write_time(dnsmasqConfPath);
    manager_->terminate();
    waitForBackend("");
    startManager(); // which does not manage the uplink by itself
    waitForBackend("networkmanager");
    EXPECT_EQ(settle(), "");
    EXPECT_EQ(std::filesystem::last_write_time(dnsmasqConfPath), written);
}

} // namespace
} // namespace otgnet::nm
