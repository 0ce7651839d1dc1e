// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Which facts about leases come out of the real networkd, through whatever it goes.

#include "sandbox/networkd_fixture.hpp"

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;

class NetworkdLeases : public NetworkdFixture {
protected:
    /// A host that has its lease, and the report of it taken.
    DhcpClient host() {
        DhcpClient client(world_, {"-x", "hostname:testpc"});
        address_ = client.bound().at("ip");
        seen_.nextWith(1);
        return client;
    }
    void waitForBackend(const std::string& name) {
        loopUntil([&] { return !seen_.backends.empty() && seen_.backends.back() == name; }, "backend '" + name + "'");
    }
    void restart(Process& networkd) {
        waitForBackend("");
        networkd = world_.startNetworkd();
        waitForBackend("networkd");
        settle();
    }
    /// What the core would tell; a client may renew more than once.
    std::vector<std::string> facts() const {
        std::vector<std::string> result = seen_.events;
        result.erase(std::unique(result.begin(), result.end()), result.end());
        return result;
    }
    void waitForFact(const std::string& text) {
        loopUntil([&] { return !seen_.events.empty() && seen_.events.back() == text; }, text);
    }
    static bool tellsHostnames() { // networkd < 256 does not
        return std::stoi(run({"/lib/systemd/systemd-networkd", "--version"}).substr(8)) >= 256;
    }

    std::string address_;
};

TEST_F(NetworkdLeases, AddRenewRelease) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    const Lease added = seen_.reports.back().leases.at(0);
    EXPECT_FALSE(seen_.reports.back().fresh);
    EXPECT_EQ(added.address.text(), address_);
    EXPECT_EQ(added.hostname, tellsHostnames() ? "testpc" : "");
    EXPECT_GT(added.expires, bootNow());
    EXPECT_LE(added.expires, bootNow() + 3600ULL * 1'000'000);

    client.renewed();
    waitForFact("changed " + address_);
    EXPECT_FALSE(seen_.reports.back().fresh);
    EXPECT_GT(seen_.reports.back().leases.at(0).expires, added.expires);

    client.release();
    EXPECT_FALSE(seen_.nextWith(0).fresh);
    EXPECT_THAT(facts(), ElementsAre("added " + address_, "changed " + address_, "removed " + address_));
}

TEST_F(NetworkdLeases, SurviveALossOfCarrier) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    world_.unplug();
    world_.plug();
    client.renewed();
    waitForFact("changed " + address_);
    settle();
    EXPECT_THAT(facts(), ElementsAre("added " + address_, "changed " + address_));
}

TEST_F(NetworkdLeases, SurviveARestartOfNetworkd) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    networkd.terminate();
    restart(networkd);
    client.renewed();
    waitForFact("changed " + address_);
    client.release();
    waitForFact("removed " + address_);
    EXPECT_THAT(seen_.backends, ElementsAre("networkd", "", "networkd"));
    EXPECT_THAT(facts(), ElementsAre("added " + address_, "changed " + address_, "removed " + address_));
}

TEST_F(NetworkdLeases, SurviveAKilledNetworkd) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    networkd.kill();
    restart(networkd);
    client.renewed();
    waitForFact("changed " + address_);
    EXPECT_THAT(facts(), ElementsAre("added " + address_, "changed " + address_));
}

/// The DHCP server is set up at the carrier only, long after the link is configured; 252 says "no leases" then.
TEST_F(NetworkdLeases, SurviveARestartWithoutCarrier) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    networkd.terminate();
    world_.unplug();
    restart(networkd);
    world_.plug();
    client.renewed();
    waitForFact("changed " + address_);
    EXPECT_THAT(facts(), ElementsAre("added " + address_, "changed " + address_));
}

TEST_F(NetworkdLeases, SurviveAReconfiguration) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    LinkPlan plan = linkPlan();
    plan.dhcp->dns = {{0x01010101}};
    publish(plan);
    settle();
    client.renewed();
    waitForFact("changed " + address_);
    EXPECT_THAT(facts(), ElementsAre("added " + address_, "changed " + address_));
}

TEST_F(NetworkdLeases, OfBeforeOurStartAreReportedAsFresh) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    LinkRecorder second;
    NetworkdLink successor(*bus_, second, profilePath);
    finished([&](Done done) { successor.publish(linkPlan(), std::move(done)); });
    const LeaseReport report = second.nextWith(1);
    EXPECT_TRUE(report.fresh);
    EXPECT_EQ(report.leases, seen_.reports.back().leases);
}

TEST_F(NetworkdLeases, OfTwoHostsAreTold) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient first = host();
    DhcpClient second(world_, {"-x", "0x3d:01020304050607"});
    const std::string other = second.bound().at("ip");
    seen_.nextWith(2);
    second.release();
    waitForFact("removed " + other);
    EXPECT_THAT(facts(), ElementsAre("added " + address_, "added " + other, "removed " + other));
}

TEST_F(NetworkdLeases, NothingIsToldAfterWithdraw) {
    Process networkd = world_.startNetworkd();
    bringUp();
    DhcpClient client = host();
    withdraw();
    const auto reports = seen_.reports.size();
    networkd.terminate();
    networkd = world_.startNetworkd();
    withdraw(); // a round trip
    EXPECT_EQ(seen_.reports.size(), reports);
    EXPECT_THAT(seen_.backends, ElementsAre("networkd", ""));
}

} // namespace
} // namespace otgnet::sandbox
