// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetd from end to end. Every test runs with each manager.

#include "base/file.hpp"
#include "base/loop.hpp"
#include "sandbox/daemon.hpp"
#include "sandbox/dhcp_client.hpp"
#include "sandbox/traffic.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <map>

namespace otgnet::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

const std::string enabled = R"(
otg: {devices: {ethernet: {enabled: true, driver: ncm}}}
otgnet:
  firewall:
    allow_tcp: [80]
)";

/// dnsmasq would ping for three seconds before its first offer.
const std::filesystem::path noPing = "/etc/NetworkManager/dnsmasq-shared.d/00-test.conf";

std::string rules() {
    return run({"nft", "list", "ruleset"});
}

std::vector<std::string> files(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        names.push_back(entry.path().filename().string());
    return names;
}

class DaemonTest : public ::testing::TestWithParam<const char*> {
protected:
    /// Before the daemon, which is a member.
    World& startWorld() {
        writeFileAtomic(noPing, "no-ping\n", 0644, ErrorCode::Failed);
        startManager();
        return world_;
    }

    bool usesNetworkd() const { return GetParam() == std::string("networkd"); }
    void startManager() { manager_.emplace(usesNetworkd() ? world_.startNetworkd() : world_.startNetworkManager()); }

    DhcpAnswer goOnline() {
        daemon_.caller().untilState("waiting");
        daemon_.plugHost();
        daemon_.caller().untilSignal("HostAttached");
        client_.emplace(world_, std::vector<std::string>{"-x", "hostname:testpc"});
        const DhcpAnswer answer = client_->bound();
        daemon_.caller().untilSignal("LeaseAdded");
        return answer;
    }

    ctl::Service& call() { return daemon_.call(); }
    Caller& caller() { return daemon_.caller(); }

    World world_{{.cable = false}};
    std::optional<Process> manager_;
    Daemon daemon_{startWorld(), enabled};
    std::optional<DhcpClient> client_;
};

TEST_P(DaemonTest, AComputerPluggedInGetsAnAddress) {
    const DhcpAnswer answer = goOnline();

    EXPECT_EQ(call().State(), "online");
    EXPECT_EQ(call().Backend(), GetParam());
    const auto leases = call().Leases();
    ASSERT_EQ(leases.size(), 1U);
    EXPECT_EQ(std::get<0>(leases[0]), answer.at("ip"));
    EXPECT_FALSE(answer.contains("router")) << "it would take over the host's default route";
    EXPECT_FALSE(answer.contains("dns"));
    EXPECT_THAT(caller().signals(),
                ElementsAre("HostAttached dummy_udc.0 high-speed", StartsWith("LeaseAdded " + answer.at("ip"))));
}

TEST_P(DaemonTest, WhereNetworkdIsInChargeNoLibnmIsLoaded) {
    daemon_.caller().untilState("waiting");
    const std::string maps = readFileIfExists("/proc/" + std::to_string(daemon_.pid()) + "/maps", 1 << 24).value_or("");
    EXPECT_THAT(maps, HasSubstr("libsystemd.so"));
    EXPECT_EQ(maps.find("/libnm.so") != std::string::npos, !usesNetworkd());
}

/// How often each thread of the process has gone to sleep, which is how often it was woken up, by its name and id.
std::map<std::string, unsigned long> wakeUps(pid_t pid) {
    constexpr std::string_view key = "\nvoluntary_ctxt_switches:";
    std::map<std::string, unsigned long> counts;
    const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const std::string& task : files(tasks)) {
        const std::string status = readFileIfExists(tasks / task / "status").value_or("");
        counts[readAttribute(tasks / task / "comm") + ' ' + task] =
            std::stoul(status.substr(status.find(key) + key.size()));
    }
    return counts;
}

/// Its last word may be followed by somebody else's for a while; who polls never has such a time of rest.
TEST_P(DaemonTest, IdleMeansNoWakeUp) {
    constexpr std::uint64_t rest = 3'000'000; // µs
    goOnline();
    std::vector<std::map<std::string, unsigned long>> seen{wakeUps(daemon_.pid())};
    do {
        bool over = false;
        const Source end = callAt(bootNow() + rest, [&] { over = true; });
        caller().until("the end of a rest", [&] { return over; });
        seen.push_back(wakeUps(daemon_.pid()));
    } while (seen.back() != *std::prev(seen.end(), 2) && seen.size() <= 10);
    EXPECT_EQ(seen.back(), *std::prev(seen.end(), 2));
}

TEST_P(DaemonTest, PullingTheCableIsToldOnceAndTheLeaseStays) {
    goOnline();
    caller().signals();

    daemon_.unplugHost();
    caller().untilSignal("HostDetached");
    caller().untilState("waiting");
    EXPECT_EQ(call().Leases().size(), 1U);
    daemon_.plugHost();
    caller().untilSignal("HostAttached");
    caller().untilState("online");

    EXPECT_THAT(caller().signals(),
                ElementsAre("HostDetached dummy_udc.0 unplugged", "HostAttached dummy_udc.0 high-speed"));
}

TEST_P(DaemonTest, ReleaseIsTold) {
    const DhcpAnswer answer = goOnline();
    caller().signals();

    client_->release();
    caller().untilSignal("LeaseRemoved");

    EXPECT_THAT(caller().signals(),
                ElementsAre(AllOf(StartsWith("LeaseRemoved " + answer.at("ip")), HasSubstr("released"))));
    EXPECT_EQ(call().State(), "attached");
}

TEST_P(DaemonTest, DisableLeavesNothingAndEnableBringsItBack) {
    goOnline();
    caller().signals();

    call().Disable();

    EXPECT_EQ(call().State(), "disabled");
    EXPECT_THAT(rules(), Not(HasSubstr("otgnet")));
    EXPECT_THAT(files("/run/systemd/network"), IsEmpty());
    EXPECT_THAT(files("/etc/NetworkManager/dnsmasq-shared.d"), ElementsAre(noPing.filename().string()));
    EXPECT_THAT(files(daemon_.kernel().roots().gadgets()), IsEmpty());
    EXPECT_EQ(world_.ifindex(), 0U);
    caller().untilSignal("LeaseRemoved");
    caller().untilSignal("HostDetached");
    EXPECT_THAT(caller().signals(), UnorderedElementsAre("HostDetached dummy_udc.0 unbound",
                                                         AllOf(StartsWith("LeaseRemoved"), HasSubstr("stopped"))));

    client_.reset();
    call().Enable();
    goOnline();
}

TEST_P(DaemonTest, KilledItIsAdoptedAndNobodyNotices) {
    const DhcpAnswer answer = goOnline();
    caller().signals();
    daemon_.kernel().forget();

    daemon_.kill();
    daemon_.start();
    caller().untilState("online");

    EXPECT_THAT(daemon_.kernel().operations(), IsEmpty());
    EXPECT_THAT(caller().signals(), IsEmpty());
    EXPECT_EQ(std::get<0>(call().Leases().at(0)), answer.at("ip"));
    EXPECT_THAT(rules(), HasSubstr("table inet otgnet"));
}

TEST_P(DaemonTest, KilledAndNotWantedAnyMoreItIsTakenAway) {
    goOnline();
    daemon_.kill();
    Daemon::configure("{}");

    daemon_.start();

    caller().untilState("disabled");
    EXPECT_THAT(rules(), Not(HasSubstr("otgnet")));
    EXPECT_THAT(files("/run/systemd/network"), IsEmpty());
    EXPECT_THAT(files(daemon_.kernel().roots().gadgets()), IsEmpty());
}

TEST_P(DaemonTest, WhatAKilledOneHasLeftIsTakenDownByHand) {
    const auto forwarding = [] { return readAttribute("/proc/sys/net/ipv4/conf/lo/forwarding"); };
    Daemon::configure(enabled + "    forward_iface: lo\n");
    call().Reload();
    goOnline();
    EXPECT_EQ(daemon_.run({"--clean"}), EXIT_FAILURE) << "not while it runs";
    EXPECT_EQ(call().State(), "online");
    EXPECT_EQ(forwarding(), "1");

    daemon_.kill();
    EXPECT_EQ(daemon_.run({"--clean"}), EXIT_SUCCESS);

    EXPECT_EQ(forwarding(), "0");
    EXPECT_THAT(rules(), Not(HasSubstr("otgnet")));
    EXPECT_THAT(files("/run/systemd/network"), IsEmpty());
    EXPECT_THAT(files("/etc/NetworkManager/dnsmasq-shared.d"), ElementsAre(noPing.filename().string()));
    EXPECT_THAT(listDirectory("/run/NetworkManager/conf.d"), IsEmpty());
    EXPECT_THAT(files(daemon_.kernel().roots().gadgets()), IsEmpty());
    EXPECT_EQ(daemon_.run({"--clean"}), EXIT_SUCCESS) << "there is nothing left";
}

TEST_P(DaemonTest, EndsWithEverythingTakenDown) {
    goOnline();

    EXPECT_EQ(daemon_.terminate(), 0);

    EXPECT_THAT(rules(), Not(HasSubstr("otgnet")));
    EXPECT_THAT(files(daemon_.kernel().roots().gadgets()), IsEmpty());
}

TEST_P(DaemonTest, ManagerThatRestartsLosesNothing) {
    const DhcpAnswer answer = goOnline();
    caller().signals();

    manager_->terminate();
    startManager();
    caller().until("the manager", [&] { return call().Backend() == GetParam(); });
    client_->renewed();
    caller().untilState("online");

    EXPECT_EQ(std::get<0>(call().Leases().at(0)), answer.at("ip"));
    for (const std::string& signal : caller().signals())
        EXPECT_THAT(signal, AllOf(Not(StartsWith("LeaseAdded")), Not(StartsWith("LeaseRemoved"))));
}

TEST_P(DaemonTest, NewPortsAreOneTransactionAndFlapNothing) {
    goOnline();
    caller().signals();
    daemon_.kernel().forget();
    caller().propertyChanges();

    call().SetConfig({{"otgnet/firewall/allow_tcp", sdbus::Variant{std::vector<std::uint16_t>{22, 443}}}}, false);

    EXPECT_THAT(rules(), HasSubstr("elements = { 22, 443 }"));
    EXPECT_THAT(daemon_.kernel().operations(), IsEmpty());
    EXPECT_EQ(call().State(), "online");
    EXPECT_THAT(caller().signals(), IsEmpty());
    EXPECT_EQ(call().GetConfigOrigins().at("otgnet/firewall/allow_tcp"), "runtime");
    call().ResetConfig({"otgnet/firewall/allow_tcp"}, false);
    EXPECT_THAT(rules(), HasSubstr("elements = { 80 }"));
}

TEST_P(DaemonTest, PersistedSettingsOutliveTheDaemon) {
    call().SetConfig({{"otgnet/iface/net", sdbus::Variant{std::string("10.77.0.0/24")}}}, true);
    EXPECT_EQ(call().Address(), "10.77.0.1/24");

    daemon_.terminate();
    daemon_.start();
    caller().untilState("waiting");

    EXPECT_EQ(call().Address(), "10.77.0.1/24");
    EXPECT_EQ(call().GetConfigOrigins().at("otgnet/iface/net"), "settings");
    call().ResetConfig({}, true);
    EXPECT_EQ(call().Address(), "172.30.30.1/24");
}

TEST_P(DaemonTest, AnotherDriverIsOneEnumeration) {
    goOnline();
    caller().signals();

    call().SetConfig({{"otg/devices/ethernet/driver", sdbus::Variant{std::string("ecm")}}}, false);

    EXPECT_EQ(call().Driver(), "ecm");
    EXPECT_EQ(call().Interface(), "usb0");
    caller().untilSignal("HostDetached");
    const auto signals = caller().signals();
    EXPECT_EQ(std::count(signals.begin(), signals.end(), "HostDetached dummy_udc.0 unbound"), 1);
    daemon_.plugHost();
    caller().untilSignal("HostAttached");
}

TEST_P(DaemonTest, FlushedRulesComeBackAtOnce) {
    goOnline();
    run({"nft", "flush", "ruleset"});
    caller().until("our table", [] { return rules().find("table inet otgnet") != std::string::npos; });
    EXPECT_EQ(call().State(), "online");
}

TEST_P(DaemonTest, ControllerThatGoesAndComes) {
    goOnline();
    daemon_.kernel().removeController();
    caller().untilState("failed");
    EXPECT_EQ(std::get<0>(call().LastError()), "org.pikvm.OtgNet.Error.NoController");
    EXPECT_THAT(rules(), Not(HasSubstr("otgnet")));
    daemon_.kernel().addController();
    caller().untilState("waiting");
}

TEST_P(DaemonTest, OverlapThatComesLaterClosesUntilItGoes) {
    caller().untilState("waiting");
    run({"ip", "link", "add", "lan", "type", "veth", "peer", "name", "lan1"});
    run({"ip", "link", "set", "lan", "up"});
    if (!usesNetworkd()) // it would take the address away
        run({"nmcli", "device", "set", "lan", "managed", "no"});
    run({"ip", "addr", "add", "172.30.30.99/24", "dev", "lan"});
    caller().untilState("failed");
    EXPECT_EQ(std::get<0>(call().LastError()), "org.pikvm.OtgNet.Error.Conflict");
    EXPECT_THAT(std::get<1>(call().LastError()), HasSubstr("lan"));
    run({"ip", "link", "del", "lan"});
    caller().untilState("waiting");
}

TEST_P(DaemonTest, BadFileIsNamedAndTheOldConfigurationStays) {
    caller().untilState("waiting");
    Daemon::configure("otgnet:\n  iface:\n    net: 10.0.0.1/24\n");
    try {
        call().Reload();
        FAIL() << "a bad file was taken";
    } catch (const sdbus::Error& error) {
        EXPECT_EQ(error.getName(), "org.pikvm.OtgNet.Error.InvalidConfig");
        EXPECT_THAT(error.getMessage(), AllOf(HasSubstr("/etc/kvmd/override.yaml:3"), HasSubstr("otgnet/iface/net")));
    }
    EXPECT_EQ(call().State(), "waiting");
    EXPECT_EQ(call().Network(), "172.30.30.0/24");
}

TEST_P(DaemonTest, HooksRunInTheirOrderWithTheirPlaceholders) {
    Daemon::configure(enabled + R"(  commands:
    pre_start_cmd: [/bin/sh, -c, 'echo pre-start {iface} {iface_ip} >> /run/hooks']
    pre_stop_cmd: [/bin/sh, -c, 'echo pre-stop >> /run/hooks']
    post_stop_cmd: [/bin/sh, -c, 'echo post-stop >> /run/hooks']
)");
    call().Reload();
    call().Disable();
    std::ifstream text("/run/hooks");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(text), {}),
              "pre-start usb0 172.30.30.1\npre-stop\npost-stop\n");
}

TEST_P(DaemonTest, HookThatFailsClosesAndIsNamed) {
    Daemon::configure(enabled + "  commands: {pre_start_cmd: [/bin/false, now]}\n");
    EXPECT_EQ(Caller::errorOf([&] { call().Reload(); }), "org.pikvm.OtgNet.Error.HookFailed");
    EXPECT_EQ(call().State(), "failed");
    EXPECT_THAT(std::get<1>(call().LastError()), HasSubstr("/bin/false"));
    EXPECT_THAT(rules(), Not(HasSubstr("otgnet")));
}

/// No manager has a part in it.
class DaemonAndKernelTest : public DaemonTest {};

TEST_P(DaemonAndKernelTest, TheCablePulledAfterACrashIsNoticed) {
    daemon_.kernel().removeController();
    caller().untilState("failed");
    daemon_.kernel().addController("fe980000.usb", "dwc2");
    goOnline();
    daemon_.kill();
    daemon_.start();
    caller().untilState("online");
    caller().signals();

    daemon_.kernel().setSuspended("1"); // all that a dwc2 says of it
    caller().untilSignal("HostDetached");

    EXPECT_THAT(caller().signals(), ElementsAre("HostDetached fe980000.usb suspended"));
}

TEST_P(DaemonAndKernelTest, LibcompositeThatComesLateIsTaken) {
    call().Disable();
    daemon_.kernel().setLibcomposite(false);
    EXPECT_EQ(Caller::errorOf([&] { call().Enable(); }), "org.pikvm.OtgNet.Error.KernelSupport");
    caller().untilState("failed");
    daemon_.kernel().setLibcomposite(true);
    caller().untilState("waiting");
}

INSTANTIATE_TEST_SUITE_P(Managers, DaemonAndKernelTest, ::testing::Values("networkd"));
INSTANTIATE_TEST_SUITE_P(Managers, DaemonTest, ::testing::Values("networkd", "networkmanager"),
                         [](const auto& manager) { return std::string(manager.param); });

} // namespace
} // namespace otgnet::sandbox
