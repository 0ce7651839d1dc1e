// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Which manager gets the link, with the real ones.

#include "host/managed_link.hpp"

#include "base/file.hpp"
#include "sandbox/dhcp_client.hpp"
#include "sandbox/fake_systemd.hpp"
#include "sandbox/link_recorder.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* networkdFile = "/run/systemd/network/10-otgnet-usb0.network";
constexpr const char* handsOffFile = "/run/NetworkManager/conf.d/90-otgnet-unmanaged.conf";
constexpr const char* networkdUplink =
    "[Match]\nName=eth9\n[Network]\nAddress=10.9.0.2/24\nGateway=10.9.0.1\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n";

class ManagedLinkTest : public ::testing::Test {
protected:
    ManagedLinkTest() {
        // dnsmasq would ping for three seconds before its first offer
        writeFileAtomic("/etc/NetworkManager/dnsmasq-shared.d/00-test.conf", "no-ping\n", 0644, ErrorCode::Failed);
        run({"ip", "link", "set", "wan0", "up"}, {.netns = world_.wan()});
    }

    static LinkPlan plan(BackendChoice backend) {
        LinkPlan result = linkPlan();
        result.backend = backend;
        return result;
    }
    ManagedLink& link() {
        if (!link_)
            link_.emplace(*bus_, seen_, ManagedLink::Options{"/", module_, restartTime_});
        return *link_;
    }
    void publish(BackendChoice backend = BackendChoice::automatic) {
        finished([&](Done done) { link().publish(plan(backend), std::move(done)); });
    }
    void settle() {
        finished([&](Done done) { link().settle(std::move(done)); });
    }
    void withdraw() {
        finished([&](Done done) { link().withdraw(std::move(done)); });
    }
    std::string refusal(BackendChoice backend = BackendChoice::automatic) {
        return failureOf([&](Done done) { link().publish(plan(backend), std::move(done)); });
    }
    void bringUp(BackendChoice backend = BackendChoice::automatic) {
        publish(backend);
        world_.plug();
        settle();
    }
    /// NetworkManager cannot be told anything any more.
    static void refuseFiles() {
        std::filesystem::remove_all("/run/NetworkManager/conf.d");
        writeFileAtomic("/run/NetworkManager/conf.d", "no folder", 0644, ErrorCode::Failed);
    }
    void waitForBackend(const std::string& name) {
        loopUntil([&] { return !seen_.backends.empty() && seen_.backends.back() == name; }, "backend '" + name + "'");
    }
    void waitForChance() {
        loopUntil([&] { return !seen_.troubles.empty() && !seen_.troubles.back(); }, "another try being worth while");
        seen_.troubles.clear();
    }
    std::string inCharge() const { return seen_.backends.empty() ? "" : seen_.backends.back(); }
    void expectServed() { EXPECT_EQ(DhcpClient(world_).bound()["serverid"], "10.55.0.1"); }
    static std::string connections() { return run({"nmcli", "-t", "-f", "NAME,DEVICE", "connection"}); }
    static std::string devices() { return run({"nmcli", "-t", "-f", "DEVICE,STATE", "device"}); }

    World world_{{.uplink = "eth9"}};
    std::unique_ptr<sdbus::IConnection> bus_ = world_.connect();
    Source source_ = attachBus(*bus_, [](const std::string& why) { ADD_FAILURE() << why; });
    LinkRecorder seen_;
    std::filesystem::path module_ = OTGNET_MODULE;
    std::chrono::milliseconds restartTime_ = std::chrono::seconds(10);
    std::optional<ManagedLink> link_;
};

TEST_F(ManagedLinkTest, NetworkdThatRunsIsTaken) {
    Process networkd = world_.startNetworkd();
    bringUp();
    EXPECT_EQ(inCharge(), "networkd");
    expectServed();
    withdraw();
    EXPECT_EQ(inCharge(), "");
    EXPECT_THAT(listDirectory("/run/systemd/network"), IsEmpty());
    EXPECT_THAT(listDirectory("/run/NetworkManager/conf.d"), IsEmpty());
}

TEST_F(ManagedLinkTest, NetworkManagerThatRunsIsTaken) {
    Process manager = world_.startNetworkManager();
    bringUp();
    EXPECT_EQ(inCharge(), "networkmanager");
    expectServed();
    EXPECT_THAT(readFileIfExists(networkdFile).value_or(""), HasSubstr("Unmanaged=yes"));
    withdraw();
    EXPECT_EQ(inCharge(), "");
    EXPECT_THAT(listDirectory("/run/systemd/network"), IsEmpty());
    EXPECT_THAT(listDirectory("/run/NetworkManager/conf.d"), IsEmpty());
    EXPECT_THAT(connections(), Not(HasSubstr("otgnet")));
}

TEST_F(ManagedLinkTest, NetworkdIsStartedWhereNothingRuns) {
    std::optional<Process> networkd;
    FakeSystemd systemd([&](const std::string&) { networkd = world_.startNetworkd(); });
    bringUp();
    EXPECT_EQ(inCharge(), "networkd");
}

TEST_F(ManagedLinkTest, WhoFindsNoManagerHearsOfTheNextOne) {
    EXPECT_THAT(refusal(), HasSubstr("cannot be started"));
    withdraw();
    EXPECT_EQ(inCharge(), "");
    Process networkd = world_.startNetworkd();
    waitForChance();
    bringUp();
    EXPECT_EQ(inCharge(), "networkd");
}

TEST_F(ManagedLinkTest, MissingModuleSaysWhatToInstall) {
    module_ = "/nonexistent/otgnet-networkmanager.so";
    Process manager = world_.startNetworkManager();
    EXPECT_THAT(refusal(BackendChoice::networkManager), HasSubstr("install the package otgnet-networkmanager"));
    EXPECT_THAT(refusal(), HasSubstr("install the package otgnet-networkmanager"));
    Process networkd = world_.startNetworkd();
    waitForChance();
    publish(); // of the two the one that can be had
    EXPECT_EQ(inCharge(), "networkd");
}

TEST_F(ManagedLinkTest, OfTwoTheOneWithTheUplinkIsTaken) {
    writeFileAtomic("/etc/systemd/network/20-uplink.network", networkdUplink, 0644, ErrorCode::Failed);
    Process manager = world_.startNetworkManager();
    Process networkd = world_.startNetworkd();
    world_.bus().waitForProperty("org.freedesktop.network1", world_.networkdPath("eth9"),
                                 "org.freedesktop.network1.Link", "AdministrativeState", "configured");
    publish();
    EXPECT_EQ(inCharge(), "networkd");
}

TEST_F(ManagedLinkTest, OfTwoNetworkManagerIsTakenIfItHasTheUplink) {
    Process networkd = world_.startNetworkd();
    Process manager = world_.startNetworkManager();
    run({"nmcli", "connection", "add", "type", "ethernet", "ifname", "eth9", "con-name", "up", "ipv4.method", "manual",
         "ipv4.addresses", "10.9.0.2/24", "ipv4.gateway", "10.9.0.1", "ipv6.method", "disabled"});
    run({"nmcli", "connection", "up", "up"});
    bringUp();
    EXPECT_EQ(inCharge(), "networkmanager");
    expectServed();
}

TEST_F(ManagedLinkTest, TheChoiceOfTheUserCounts) {
    Process networkd = world_.startNetworkd();
    Process manager = world_.startNetworkManager();
    bringUp(BackendChoice::networkManager);
    EXPECT_EQ(inCharge(), "networkmanager");
    bringUp(BackendChoice::networkd);
    EXPECT_EQ(inCharge(), "networkd");
    EXPECT_THAT(connections(), Not(HasSubstr("otgnet")));
    expectServed();
    bringUp(BackendChoice::networkManager);
    EXPECT_EQ(inCharge(), "networkmanager");
    expectServed();
}

TEST_F(ManagedLinkTest, NetworkManagerKeepsItsHandsOff) {
    Process networkd = world_.startNetworkd();
    Process manager = world_.startNetworkManager(); // without udev it takes all links
    bringUp(BackendChoice::networkd);
    loopUntil([] { return devices().find("usb0:unmanaged") != std::string::npos; }, "NetworkManager to let go");
    expectServed();
}

/// It was installed after the link was published.
TEST_F(ManagedLinkTest, NetworkManagerThatComesLaterKeepsItsHandsOff) {
    Process networkd = world_.startNetworkd();
    bringUp(BackendChoice::networkd);
    std::filesystem::remove(handsOffFile);
    Process manager = world_.startNetworkManager();
    loopUntil([] { return devices().find("usb0:unmanaged") != std::string::npos; }, "NetworkManager to let go");
    EXPECT_TRUE(std::filesystem::exists(handsOffFile));
    expectServed();
}

TEST_F(ManagedLinkTest, NetworkdThatCannotBeKeptAwayIsNoObstacle) {
    std::filesystem::remove_all("/run/systemd/network");
    writeFileAtomic("/run/systemd/network", "no folder", 0644, ErrorCode::Failed);
    Process manager = world_.startNetworkManager();
    bringUp();
    expectServed();
}

/// It has its name and does nothing.
TEST_F(ManagedLinkTest, NetworkdThatHangsIsNoObstacle) {
    Process networkd = world_.startNetworkd();
    Process manager = world_.startNetworkManager();
    networkd.signal(SIGSTOP);
    bringUp(BackendChoice::networkManager);
    expectServed();
    withdraw();
    EXPECT_THAT(listDirectory("/run/systemd/network"), IsEmpty());
    EXPECT_THAT(connections(), Not(HasSubstr("otgnet")));
}

TEST_F(ManagedLinkTest, NetworkManagerThatHangsIsNoObstacle) {
    Process networkd = world_.startNetworkd();
    Process manager = world_.startNetworkManager();
    bringUp(BackendChoice::networkManager);
    manager.signal(SIGSTOP);
    bringUp(BackendChoice::networkd);
    expectServed();
    withdraw();
    EXPECT_EQ(inCharge(), "");
    manager.signal(SIGCONT);
    loopUntil([] { return connections().find("otgnet") == std::string::npos; }, "NetworkManager to forget it");
}

TEST_F(ManagedLinkTest, WarningsGoWithTheManagerInCharge) {
    Process manager = world_.startNetworkManager();
    LinkPlan brief = plan(BackendChoice::automatic);
    brief.dhcp->leaseTime = std::chrono::seconds(30); // too short for NetworkManager
    const auto publishBrief = [&] { return failureOf([&](Done done) { link().publish(brief, std::move(done)); }); };
    EXPECT_EQ(publishBrief(), "");
    EXPECT_THAT(seen_.warningTexts, Contains(HasSubstr("NetworkManager takes lease times")));
    withdraw();
    refuseFiles();
    EXPECT_NE(publishBrief(), "");
    EXPECT_THAT(seen_.warningTexts, IsEmpty());
}

TEST_F(ManagedLinkTest, WarningsAreThoseOfTheManagerThatTookOver) {
    restartTime_ = std::chrono::milliseconds(0);
    std::optional<Process> networkd = world_.startNetworkd();
    LinkPlan brief = plan(BackendChoice::automatic);
    brief.dhcp->leaseTime = std::chrono::seconds(30);
    finished([&](Done done) { link().publish(brief, std::move(done)); });
    EXPECT_THAT(seen_.warningTexts, IsEmpty());
    Process manager = world_.startNetworkManager();
    networkd->terminate();
    waitForBackend("networkmanager");
    EXPECT_THAT(seen_.warningTexts, Contains(HasSubstr("NetworkManager takes lease times")));
    networkd.emplace(world_.startNetworkd());
    manager.terminate();
    waitForBackend("networkd");
    EXPECT_THAT(seen_.warningTexts, IsEmpty());
}

TEST_F(ManagedLinkTest, MoveThatFailsIsTrouble) {
    restartTime_ = std::chrono::milliseconds(0);
    Process networkd = world_.startNetworkd();
    bringUp();
    Process manager = world_.startNetworkManager();
    refuseFiles();
    networkd.terminate();
    loopUntil([&] { return !seen_.troubles.empty() && seen_.troubles.back(); }, "trouble");
    EXPECT_EQ(inCharge(), "");
}

TEST_F(ManagedLinkTest, NetworkManagerTakesOverFromNetworkd) {
    restartTime_ = std::chrono::milliseconds(0);
    Process networkd = world_.startNetworkd();
    bringUp();
    Process manager = world_.startNetworkManager();
    networkd.terminate();
    waitForBackend("networkmanager");
    settle();
    expectServed();
}

TEST_F(ManagedLinkTest, NetworkdTakesOverFromNetworkManager) {
    restartTime_ = std::chrono::milliseconds(0);
    Process manager = world_.startNetworkManager();
    bringUp();
    Process networkd = world_.startNetworkd();
    manager.terminate();
    waitForBackend("networkd");
    settle();
    expectServed();
}

TEST_F(ManagedLinkTest, RestartIsNoReasonToMove) {
    Process networkd = world_.startNetworkd();
    Process manager = world_.startNetworkManager();
    bringUp();
    networkd.terminate();
    waitForBackend("");
    networkd = world_.startNetworkd();
    waitForBackend("networkd");
    settle();
    EXPECT_THAT(seen_.backends, ElementsAre("networkd", "", "networkd"));
}

TEST_F(ManagedLinkTest, WhatAKilledPredecessorLeftWithNetworkManagerIsTakenBack) {
    Process networkd = world_.startNetworkd();
    Process manager = world_.startNetworkManager();
    bringUp(BackendChoice::networkManager);
    EXPECT_THAT(connections(), HasSubstr("otgnet"));
    link_.reset(); // without a word to anybody
    publish(BackendChoice::networkd);
    EXPECT_EQ(inCharge(), "networkd");
    EXPECT_THAT(connections(), Not(HasSubstr("otgnet")));
    link_.reset();
    withdraw();
    EXPECT_THAT(listDirectory("/run/systemd/network"), IsEmpty());
    EXPECT_THAT(listDirectory("/run/NetworkManager/conf.d"), IsEmpty());
}

} // namespace
} // namespace otgnet::sandbox
