// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetd with NetworkManager: what is not the same with either manager.

#include "base/file.hpp"
#include "sandbox/daemon.hpp"
#include "sandbox/dhcp_client.hpp"

#include <gmock/gmock.h>

#include <sys/mount.h>

namespace otgnet::sandbox {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string enabled = R"(
otg: {devices: {ethernet: {enabled: true, driver: ncm}}}
otgnet: {link: {backend: networkmanager}}
)";

class NmDaemon : public ::testing::Test {
protected:
    World& quickDnsmasq() {
        // it would ping for three seconds before its first offer
        writeFileAtomic("/etc/NetworkManager/dnsmasq-shared.d/00-test.conf", "no-ping\n", 0644, ErrorCode::Failed);
        return world_;
    }

    void startManager() { manager_.emplace(world_.startNetworkManager()); }
    ctl::Service& call() { return daemon_.call(); }
    Caller& caller() { return daemon_.caller(); }
    std::string lastError() { return std::get<1>(call().LastError()); }

    World world_{{.cable = false}};
    std::optional<Process> manager_;
    Daemon daemon_{quickDnsmasq(), enabled};
};

TEST_F(NmDaemon, FollowsANetworkManagerThatStartsLater) {
    caller().untilState("failed");
    EXPECT_THAT(lastError(), HasSubstr("NetworkManager is not running"));
    startManager();
    caller().untilState("waiting");
    EXPECT_EQ(call().Backend(), "networkmanager");
    EXPECT_EQ(lastError(), "");
}

TEST_F(NmDaemon, FollowsANetworkManagerThatWasAwayForAWhile) {
    startManager();
    caller().untilState("waiting");
    manager_->terminate();
    EXPECT_EQ(Caller::errorOf([&] { call().Disable(); }), "");
    EXPECT_EQ(Caller::errorOf([&] { call().Enable(); }), "org.pikvm.OtgNet.Error.BackendUnavailable");
    startManager();
    caller().untilState("waiting");
    EXPECT_EQ(call().Backend(), "networkmanager");
}

/// The file outlives a reboot.
TEST_F(NmDaemon, LeasesOfEarlierTimesAreNotSignalled) {
    writeFileAtomic("/var/lib/NetworkManager/dnsmasq-usb0.leases",
                    std::to_string(std::time(nullptr) + 3600) + " 02:00:00:00:00:05 172.30.30.200 old *\n", 0644,
                    ErrorCode::Failed);
    startManager();
    caller().untilState("waiting");
    daemon_.plugHost();
    const std::string address = DhcpClient(world_).bound()["ip"];
    caller().untilSignal("LeaseAdded");
    caller().untilState("online");
    EXPECT_THAT(caller().signals(), ElementsAre(StartsWith("HostAttached"), StartsWith("LeaseAdded " + address)));
    EXPECT_THAT(call().Leases(), SizeIs(1));
}

/// NetworkManager takes the connection down when the carrier has been away for some seconds.
TEST_F(NmDaemon, LeasesOutliveAKillWhileTheCableIsOut) {
    startManager();
    caller().untilState("waiting");
    daemon_.plugHost();
    DhcpClient client(world_);
    client.bound();
    caller().untilSignal("LeaseAdded");
    caller().untilState("online");
    daemon_.unplugHost();
    manager_->expect("(usb0): state change: activated -> unavailable");
    caller().signals();
    daemon_.kill();
    daemon_.start();
    caller().until("the lease", [&] { return call().Leases().size() == 1; });
    daemon_.plugHost();
    client.renewed();
    caller().untilSignal("LeaseChanged");
    EXPECT_THAT(caller().signals(), Each(Not(StartsWith("LeaseAdded"))));
}

TEST_F(NmDaemon, DnsmasqThatIsMissingWhenTheHostComesClosesIt) {
    startManager();
    caller().untilState("waiting");
    ASSERT_EQ(::mount("/dev/null", "/usr/sbin/dnsmasq", nullptr, MS_BIND, nullptr), 0);
    daemon_.plugHost();
    caller().untilState("failed");
    EXPECT_THAT(lastError(), HasSubstr("dnsmasq-base"));
    EXPECT_EQ(std::get<0>(call().LastError()), "org.pikvm.OtgNet.Error.BackendUnavailable");
}

} // namespace
} // namespace otgnet::sandbox
