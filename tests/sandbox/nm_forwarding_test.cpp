// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// ip_forward, which NetworkManager's shared mode leaves on.

#include "sandbox/nm_link.hpp"

namespace otgnet::nm {
namespace {

constexpr const char* notePath = "/run/otgnet/ip_forward";

class NmForwarding : public NmLink {
protected:
    NmForwarding() {
        write("ip_forward", "0");
        sandbox::run({"ip", "link", "add", "lan0", "type", "veth", "peer", "name", "pc0"});
    }

    static void write(const std::string& name, const std::string& value) {
        writeAttribute("/proc/sys/net/ipv4/" + name, value, ErrorCode::Failed);
    }
    static std::string read(const std::string& name) { return readAttribute("/proc/sys/net/ipv4/" + name); }
    static std::string ofMachine() { return read("ip_forward"); }
    static std::string ofLan() { return read("conf/lan0/forwarding"); }

    void expectGivenBack(const std::string& value) {
        EXPECT_EQ(withdraw(), "");
        EXPECT_EQ(ofMachine(), value);
        EXPECT_FALSE(std::filesystem::exists(notePath));
    }
};

TEST_F(NmForwarding, IsSwitchedOffAgain) {
    bringUp();
    EXPECT_EQ(ofMachine(), "1");
    expectGivenBack("0");
    EXPECT_EQ(ofLan(), "0");
}

TEST_F(NmForwarding, IsGivenBackByASuccessor) {
    bringUp();
    makeLink();
    EXPECT_EQ(publish(), "");
    makeLink();
    expectGivenBack("0");
}

TEST_F(NmForwarding, IsGivenBackWhereTheHostCameWhileThereWasNoService) {
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    link_.reset();
    world_.plug();
    waitForDevice("100 (connected) otgnet");
    EXPECT_EQ(ofMachine(), "1");
    makeLink();
    EXPECT_EQ(publish(), "");
    expectGivenBack("0");
}

TEST_F(NmForwarding, IsGivenBackWithoutNetworkManager) {
    bringUp();
    manager_->kill(); // its dnsmasq lives on
    makeLink();
    expectGivenBack("0");
}

/// For a VPN, say; NetworkManager has not touched it.
TEST_F(NmForwarding, StaysOnWhereItWasSwitchedOnBeforeAHostCame) {
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    write("ip_forward", "1");
    expectGivenBack("1");
}

TEST_F(NmForwarding, StaysOnWhereItWas) {
    write("ip_forward", "1");
    bringUp();
    expectGivenBack("1");
}

/// Somebody has switched it on for his interface alone.
TEST_F(NmForwarding, OfOneInterfaceIsKept) {
    write("conf/lan0/forwarding", "1");
    bringUp();
    expectGivenBack("0");
    EXPECT_EQ(ofLan(), "1");
    EXPECT_EQ(read("conf/pc0/forwarding"), "0");
}

TEST_F(NmForwarding, StaysOnForAnotherSharedConnection) {
    bringUp();
    sandbox::run({"nmcli", "device", "set", "lan0", "managed", "yes"});
    sandbox::run({"ip", "link", "set", "pc0", "up"});
    shareLan();
    expectGivenBack("1");
}

/// As Docker and libvirt have one; they do not switch on what is on already.
TEST_F(NmForwarding, StaysOnForABridge) {
    bringUp();
    sandbox::run({"ip", "link", "add", "docker0", "type", "bridge"});
    expectGivenBack("1");
}

TEST_F(NmForwarding, IsNoBusinessOfALinkWithoutDhcp) {
    LinkPlan plan = samplePlan();
    plan.dhcp.reset();
    bringUp(plan);
    EXPECT_EQ(ofMachine(), "0");
    EXPECT_FALSE(std::filesystem::exists(notePath));
}

} // namespace
} // namespace otgnet::nm
