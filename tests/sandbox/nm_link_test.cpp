// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/nm_link.hpp"

#include "base/file.hpp"

#include <sys/mount.h>

#include <filesystem>
#include <fstream>

namespace otgnet::nm {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

bool exists(const char* path) {
    return std::filesystem::exists(path);
}

std::string connections() {
    return sandbox::run({"nmcli", "-g", "NAME", "connection"});
}

/// What counts the activations of the link in NetworkManager's log.
std::size_t activations(const sandbox::Process& manager) {
    const std::string log = manager.output();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = log.find("Activation: starting connection 'otgnet'", at)) != std::string::npos; ++at)
        ++count;
    return count;
}

/// A zombie, of which the sandbox has many, has no program any more.
bool runs(const std::string& pid) {
    return exists(("/proc/" + pid + "/exe").c_str());
}

bool dnsmasqRuns() {
    const auto processes = listDirectory("/proc");
    return std::any_of(processes.begin(), processes.end(), [](const auto& pid) {
        return readAttribute("/proc/" + pid + "/comm") == "dnsmasq" && runs(pid);
    });
}

/// The bus no longer lets us call this method of NetworkManager's settings.
void refuseCalls(const std::string& method) {
    std::ofstream("/etc/dbus-1/system.d/zz-test.conf")
        << "<busconfig><policy context='mandatory'><deny send_destination='org.freedesktop.NetworkManager' "
           "send_interface='org.freedesktop.NetworkManager.Settings' send_member='"
        << method << "'/></policy></busconfig>\n";
    sandbox::run(
        {"busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig"});
}

class NmProfileLife : public NmLink {};

TEST_F(NmProfileLife, WaitsForTheCarrier) {
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    EXPECT_THAT(deviceState(), HasSubstr("unavailable"));
    world_.plug();
    sandbox::DhcpClient client(world_);
    EXPECT_EQ(client.bound()["serverid"], "10.55.0.1");
    EXPECT_EQ(activations(*manager_), 1U);
    EXPECT_THAT(recorder_.backends, ElementsAre("networkmanager"));
}

TEST_F(NmProfileLife, UnchangedMeansNothingAtAll) {
    bringUp();
    const auto written = std::filesystem::last_write_time(dnsmasqConfPath);
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    makeLink();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    EXPECT_EQ(activations(*manager_), 1U);
    EXPECT_EQ(std::filesystem::last_write_time(dnsmasqConfPath), written);
}

TEST_F(NmProfileLife, ChangesAreInForceWhenSettled) {
    bringUp();
    EXPECT_EQ(publish(planWithNtp()), "");
    EXPECT_EQ(settle(), "");
    EXPECT_EQ(activations(*manager_), 2U);
    sandbox::DhcpClient client(world_, {"-O", "ntpsrv"});
    EXPECT_EQ(client.bound()["ntpsrv"], "10.55.0.1");
}

/// Killed when it had written the file for dnsmasq and before the connection was made anew.
TEST_F(NmProfileLife, AChangeThatAPredecessorBeganIsFinished) {
    bringUp();
    const LinkPlan plan = planWithNtp();
    const std::string old = *readFileIfExists(dnsmasqConfPath);
    link_->publish(plan, [](const std::exception_ptr&) {});
    sandbox::loopUntil([&] { return *readFileIfExists(dnsmasqConfPath) != old; }, "the file");
    makeLink();
    EXPECT_EQ(publish(plan), "");
    EXPECT_EQ(settle(), "");
    sandbox::DhcpClient client(world_, {"-O", "ntpsrv"});
    EXPECT_EQ(client.bound()["ntpsrv"], "10.55.0.1");
    EXPECT_EQ(activations(*manager_), 2U);
}

/// Defaults of the user's for all connections.
TEST_F(NmProfileLife, KeepsMacAndMtu) {
    writeFile("/etc/NetworkManager/conf.d/10-mine.conf",
              "[connection]\nethernet.cloned-mac-address=random\nethernet.mtu=1280\n");
    const std::string mac = readAttribute("/sys/class/net/usb0/address");
    bringUp();
    EXPECT_EQ(readAttribute("/sys/class/net/usb0/address"), mac);
    EXPECT_EQ(readAttribute("/sys/class/net/usb0/mtu"), "1500");
}

TEST_F(NmProfileLife, TakesAnotherAddress) {
    bringUp();
    LinkPlan plan = samplePlan();
    plan.address = ip("10.66.0.1");
    plan.network = *Cidr4::parse("10.66.0.0/24");
    plan.dhcp->first = plan.dhcp->last = ip("10.66.0.9");
    EXPECT_EQ(publish(plan), "");
    EXPECT_EQ(settle(), "");
    EXPECT_EQ(sandbox::DhcpClient(world_).bound()["ip"], "10.66.0.9");
    waitForLeases(1);
    EXPECT_EQ(connections().find("otgnet"), connections().rfind("otgnet"));
}

/// A user's own DHCP service: the address, and no dnsmasq.
TEST_F(NmProfileLife, HasTheAddressAloneWithoutDhcp) {
    LinkPlan plan = samplePlan();
    plan.dhcp.reset();
    bringUp(plan);
    EXPECT_THAT(sandbox::run({"ip", "-br", "address", "show", "usb0"}), HasSubstr("10.55.0.1/24"));
    EXPECT_FALSE(exists("/run/nm-dnsmasq-usb0.pid"));
    EXPECT_FALSE(exists(dnsmasqConfPath));
    EXPECT_THAT(leases(), IsEmpty());
}

TEST_F(NmProfileLife, TwoAddressesAreAnAddressWithoutDhcp) {
    LinkPlan plan = samplePlan();
    plan.network.prefix = 31;
    plan.address = ip("10.55.0.0");
    plan.dhcp->first = plan.dhcp->last = ip("10.55.0.1");
    bringUp(plan);
    EXPECT_THAT(sandbox::run({"ip", "-br", "address", "show", "usb0"}), HasSubstr("10.55.0.0/31"));
    EXPECT_THAT(recorder_.warningTexts, ElementsAre(HasSubstr("a /30 or larger only")));
}

TEST_F(NmProfileLife, WithdrawLeavesNothing) {
    bringUp();
    sandbox::DhcpClient(world_).bound();
    EXPECT_EQ(withdraw(), "");
    EXPECT_THAT(connections(), Not(HasSubstr("otgnet")));
    for (const char* path : {managedConfPath, dnsmasqConfPath, profilePath, "/run/nm-dnsmasq-usb0.pid"})
        EXPECT_FALSE(exists(path)) << path;
    EXPECT_THAT(sandbox::run({"ip", "-br", "address", "show", "usb0"}), Not(HasSubstr("10.55.0.1")));
    EXPECT_THAT(sandbox::run({"nft", "list", "ruleset"}), Not(HasSubstr("usb0")));
    EXPECT_EQ(withdraw(), ""); // gone is fine
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    EXPECT_THAT(deviceState(), HasSubstr("connected"));
}

TEST_F(NmProfileLife, WithdrawsWhatAKilledPredecessorLeft) {
    bringUp();
    makeLink();
    EXPECT_EQ(withdraw(), "");
    EXPECT_THAT(connections(), Not(HasSubstr("otgnet")));
    EXPECT_FALSE(exists(managedConfPath));
    EXPECT_FALSE(exists(dnsmasqConfPath));
}

TEST_F(NmProfileLife, WithdrawsWithoutNetworkManager) {
    bringUp();
    manager_->kill(); // its dnsmasq lives on
    makeLink();
    EXPECT_EQ(withdraw(), "");
    for (const char* path : {managedConfPath, dnsmasqConfPath, profilePath, "/run/nm-dnsmasq-usb0.pid"})
        EXPECT_FALSE(exists(path)) << path;
    startManager();
    EXPECT_THAT(connections(), Not(HasSubstr("otgnet")));
}

/// What NetworkManager cannot be told now it must not find when it starts the next time.
TEST_F(NmProfileLife, WithdrawsFromANetworkManagerThatDoesNotListen) {
    bringUp();
    refuseCalls("GetConnectionByUuid");
    EXPECT_EQ(withdraw(), "");
    for (const char* path : {managedConfPath, dnsmasqConfPath, profilePath})
        EXPECT_FALSE(exists(path)) << path;
}

/// One that takes no SIGTERM.
TEST_F(NmProfileLife, WithdrawsDespiteAStuckDnsmasq) {
    bringUp();
    sandbox::waitForFile("/run/nm-dnsmasq-usb0.pid");
    const std::string dnsmasq = readAttribute("/run/nm-dnsmasq-usb0.pid");
    manager_->kill();
    ASSERT_EQ(::kill(std::stoi(dnsmasq), SIGSTOP), 0);
    EXPECT_EQ(withdraw(), "");
    EXPECT_FALSE(runs(dnsmasq));
    EXPECT_FALSE(exists("/run/nm-dnsmasq-usb0.pid"));
}

/// With a dhcp-script there is a second process that looks the same.
TEST_F(NmProfileLife, TheHelperOfDnsmasqIsNoOrphan) {
    writeFile("/etc/NetworkManager/dnsmasq-shared.d/01-test.conf", "dhcp-script=/bin/true\n");
    bringUp();
    Orphan orphan;
    EXPECT_FALSE(orphan.end("/", *IfName::parse("usb0"), [] {}));
    EXPECT_TRUE(dnsmasqServes("/", *IfName::parse("usb0")));
    manager_->kill();
    EXPECT_TRUE(orphan.end("/", *IfName::parse("usb0"), [] {}));
    sandbox::loopUntil([] { return !dnsmasqRuns(); }, "the end of both");
}

class NmTrouble : public NmLink {};

TEST_F(NmTrouble, NetworkManagerIsAway) {
    makeLink();
    EXPECT_THAT(publish(), HasSubstr("NetworkManager is not running"));
    EXPECT_FALSE(exists(managedConfPath));
    startManager();
    waitForBackend("networkmanager");
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
}

TEST_F(NmTrouble, NetworkManagerRefusesTheProfile) {
    refuseCalls("AddConnection2");
    startManager();
    makeLink();
    EXPECT_THAT(publish(), HasSubstr("NetworkManager refuses the connection otgnet"));
}

TEST_F(NmTrouble, NetworkManagerDoesNotSayWhetherItHasTheProfile) {
    refuseCalls("GetConnectionByUuid");
    startManager();
    makeLink();
    EXPECT_THAT(publish(), HasSubstr("NetworkManager does not look for"));
}

TEST_F(NmTrouble, NetworkManagerRestarts) {
    bringUp();
    manager_->terminate();
    waitForBackend("");
    startManager();
    waitForBackend("networkmanager");
    EXPECT_EQ(settle(), "");
    EXPECT_EQ(sandbox::DhcpClient(world_).bound()["serverid"], "10.55.0.1");
}

/// NetworkManager numbers its active connections from 1 again.
TEST_F(NmTrouble, NetworkManagerRestartsAfterAChange) {
    bringUp();
    EXPECT_EQ(publish(planWithNtp()), "");
    EXPECT_EQ(settle(), "");
    manager_->terminate();
    waitForBackend("");
    startManager();
    waitForBackend("networkmanager");
    EXPECT_EQ(settle(), "");
}

/// Somebody has taken the profile away while it was down.
TEST_F(NmTrouble, TheProfileComesBackWithNetworkManager) {
    bringUp();
    manager_->terminate();
    waitForBackend("");
    std::filesystem::remove(profilePath);
    startManager();
    waitForBackend("networkmanager");
    sandbox::DhcpClient client(world_);
    sandbox::loopUntil([&] { return exists(profilePath); }, "the profile");
    waitForLeases(1);
    EXPECT_EQ(settle(), "");
}

/// The new NetworkManager cannot end the old one's dnsmasq, and its own finds the address in use.
TEST_F(NmTrouble, AKilledNetworkManagerLeavesItsDnsmasq) {
    bringUp();
    sandbox::DhcpClient client(world_);
    client.bound();
    waitForLeases(1);
    const std::string orphan = readAttribute("/run/nm-dnsmasq-usb0.pid");
    manager_->kill();
    waitForBackend("");
    startManager();
    waitForBackend("networkmanager");
    sandbox::loopUntil([&] { return !runs(orphan); }, "the end of the orphan", std::chrono::seconds(30));
    EXPECT_EQ(settle(), "");
    EXPECT_NE(readAttribute("/run/nm-dnsmasq-usb0.pid"), orphan);
    EXPECT_EQ(client.renewed()["serverid"], "10.55.0.1");
    EXPECT_THAT(recorder_.events, ElementsAre("added " + leases().at(0).address.text()));
}

TEST_F(NmTrouble, AnotherConnectionHasTheLink) {
    startManager();
    world_.plug();
    addConnection("usb0", "mine",
                  {"ipv4.method", "manual", "ipv4.addresses", "10.77.0.1/24", "ipv6.method", "disabled"});
    sandbox::run({"nmcli", "connection", "up", "mine"});
    makeLink();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    EXPECT_THAT(deviceState(), HasSubstr("otgnet"));
}

TEST_F(NmTrouble, AnotherConnectionTakesTheLink) {
    bringUp();
    addConnection("usb0", "mine", {"autoconnect", "no", "ipv4.method", "manual", "ipv4.addresses", "10.77.0.1/24"});
    sandbox::run({"nmcli", "connection", "up", "mine"});
    waitForDevice("100 (connected) otgnet");
}

TEST_F(NmTrouble, AnotherConnectionTakesTheLinkAgainAndAgain) {
    bringUp();
    addConnection("usb0", "mine", {"autoconnect", "no", "ipv4.method", "manual", "ipv4.addresses", "10.77.0.1/24"});
    while (!hasTrouble()) {
        sandbox::run({"nmcli", "connection", "up", "mine"});
        sandbox::loopUntil([&] { return hasTrouble() || deviceState().find("otgnet") != std::string::npos; }, "otgnet");
    }
    EXPECT_THAT(waitForTrouble(), HasSubstr("holds usb0 instead of otgnet"));
}

TEST_F(NmTrouble, DnsmasqIsMissingWhenTheHostComes) {
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    ASSERT_EQ(::mount("/dev/null", "/usr/sbin/dnsmasq", nullptr, MS_BIND, nullptr), 0);
    world_.plug();
    EXPECT_THAT(waitForTrouble(), HasSubstr("dnsmasq-base"));
}

TEST_F(NmTrouble, DnsmasqIsMissing) {
    ASSERT_EQ(::mount("/dev/null", "/usr/sbin/dnsmasq", nullptr, MS_BIND, nullptr), 0);
    startManager();
    makeLink();
    world_.plug();
    waitForDevice("30 (disconnected)");
    EXPECT_EQ(publish(), "");
    EXPECT_THAT(settle(), HasSubstr("dnsmasq-base"));
    ASSERT_EQ(::umount("/usr/sbin/dnsmasq"), 0);
    EXPECT_EQ(settle(), "");
}

TEST_F(NmTrouble, DnsmasqDiesOfSomebodysFile) {
    writeFile("/etc/NetworkManager/dnsmasq-shared.d/10-bad.conf", "nonsense\n");
    startManager();
    makeLink();
    world_.plug();
    waitForDevice("30 (disconnected)");
    EXPECT_EQ(publish(), "");
    EXPECT_THAT(settle(), HasSubstr("dnsmasq-shared.d"));
}

TEST_F(NmTrouble, DnsmasqIsKilled) {
    bringUp();
    sandbox::waitForFile("/run/nm-dnsmasq-usb0.pid");
    const std::string old = readAttribute("/run/nm-dnsmasq-usb0.pid");
    ::kill(std::stoi(old), SIGKILL);
    sandbox::loopUntil(
        [&] {
            const std::string pid = readAttribute("/run/nm-dnsmasq-usb0.pid");
            return !pid.empty() && pid != old;
        },
        "a new dnsmasq");
    EXPECT_EQ(settle(), "");
    EXPECT_EQ(sandbox::DhcpClient(world_).bound()["serverid"], "10.55.0.1");
}

TEST_F(NmTrouble, EtcIsReadOnly) {
    ASSERT_EQ(::mount("/etc", "/etc", nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(::mount(nullptr, "/etc", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);
    startManager();
    makeLink();
    world_.plug();
    EXPECT_THAT(publish(),
                AllOf(HasSubstr("90-otgnet.conf"), HasSubstr("Read-only file system"), HasSubstr("networkd")));
    LinkPlan plan = samplePlan();
    plan.dhcp->router = true;
    EXPECT_EQ(publish(plan), "");
    EXPECT_EQ(settle(), "");
    EXPECT_THAT(recorder_.warningTexts, Contains(HasSubstr("Read-only file system")));
    EXPECT_EQ(sandbox::DhcpClient(world_).bound()["router"], "10.55.0.1");
    EXPECT_EQ(withdraw(), "");
}

/// A gadget may take its time to bind.
TEST_F(NmTrouble, TheInterfaceComesLate) {
    sandbox::run({"ip", "link", "del", "usb0"});
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    Source later = callAt(bootNow() + 6'000'000, [&] { world_.makeCable(); });
    EXPECT_EQ(settle(), "");
}

TEST_F(NmTrouble, TheProfileIsDeleted) {
    bringUp();
    sandbox::run({"nmcli", "connection", "delete", "otgnet"});
    sandbox::loopUntil([] { return exists(profilePath); }, "the profile");
    waitForDevice("100 (connected) otgnet");
    EXPECT_EQ(settle(), "");
}

TEST_F(NmTrouble, ActivationIsRefused) {
    bringUp();
    sandbox::run({"nmcli", "connection", "modify", "--temporary", "otgnet", "connection.interface-name", "other0"});
    sandbox::run({"nmcli", "device", "disconnect", "usb0"});
    EXPECT_THAT(waitForTrouble(), HasSubstr("mismatching interface name"));
}

/// As in life: udev's rules mark the link, and it appears and disappears with the gadget.
class NmWithUdev : public NmLink {
protected:
    NmWithUdev() : NmLink({.cable = false, .udev = true}) {}
};

TEST_F(NmWithUdev, ManagesALinkThatAppears) {
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    for (int i = 0; i < 2; ++i) {
        world_.makeCable();
        EXPECT_EQ(settle(), "");
        world_.plug();
        EXPECT_EQ(sandbox::DhcpClient(world_).bound()["serverid"], "10.55.0.1");
        world_.removeCable();
        sandbox::loopUntil([&] { return !exists("/run/nm-dnsmasq-usb0.pid"); }, "the end of dnsmasq");
    }
    EXPECT_EQ(activations(*manager_), 2U);
}

TEST_F(NmWithUdev, ManagesALinkThatIsThere) {
    world_.makeCable();
    startManager();
    sandbox::run({"udevadm", "settle", "--timeout=10"}, {.environment = {"SYSTEMD_IGNORE_CHROOT=1"}});
    EXPECT_THAT(deviceState(), HasSubstr("unmanaged"));
    makeLink();
    world_.plug();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
    EXPECT_EQ(sandbox::DhcpClient(world_).bound()["serverid"], "10.55.0.1");
    EXPECT_EQ(withdraw(), "");
    EXPECT_THAT(deviceState(), HasSubstr("unmanaged"));
}

TEST_F(NmWithUdev, SaysWhoForbidsIt) {
    writeFile("/etc/NetworkManager/conf.d/10-mine.conf", "[keyfile]\nunmanaged-devices=interface-name:usb*\n");
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    world_.makeCable();
    EXPECT_THAT(settle(), HasSubstr("/etc/NetworkManager/conf.d/10-mine.conf:2: unmanaged-devices="));
}

} // namespace
} // namespace otgnet::nm
