// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/networkd_fixture.hpp"

#include <sys/stat.h>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using NetworkdLinkTest = NetworkdFixture;

constexpr const char* foreignPath = "/etc/systemd/network/05-all.network";

Ipv4 ip(const char* text) {
    return Ipv4::parse(text).value();
}

TEST_F(NetworkdLinkTest, ProfileFindsTheLinkThatIsThere) {
    Process networkd = world_.startNetworkd();
    bringUp();
    EXPECT_THAT(addresses(), HasSubstr("10.55.0.1/24"));
    EXPECT_THAT(seen_.backends, ElementsAre("networkd"));
    EXPECT_THAT(seen_.warningTexts, IsEmpty());
}

TEST_F(NetworkdLinkTest, LinkFindsTheProfileThatIsThere) {
    world_.removeCable();
    Process networkd = world_.startNetworkd();
    publish();
    world_.makeCable();
    settle();
    EXPECT_THAT(addresses(), HasSubstr("10.55.0.1/24")); // without a carrier
    world_.plug();
    EXPECT_EQ(DhcpClient(world_).bound()["serverid"], "10.55.0.1");
}

TEST_F(NetworkdLinkTest, NewLinkOfTheSameNameIsFollowed) {
    Process networkd = world_.startNetworkd();
    bringUp();
    world_.removeCable();
    world_.makeCable();
    world_.plug();
    settle();
    DhcpClient client(world_);
    const std::string address = client.bound().at("ip");
    seen_.nextWith(1);
    EXPECT_EQ(seen_.events.at(0), "added " + address);
}

TEST_F(NetworkdLinkTest, AnnouncesNothingUnasked) {
    Process networkd = world_.startNetworkd();
    bringUp();
    const DhcpAnswer answer =
        DhcpClient(world_, {"-O", "router", "-O", "dns", "-O", "ntpsrv", "-O", "domain", "-O", "staticroutes"}).bound();
    for (const char* option : {"router", "dns", "ntpsrv", "domain", "staticroutes", "timezone"})
        EXPECT_EQ(answer.count(option), 0U) << option << "=" << answer.at(option);
    EXPECT_EQ(answer.at("lease"), "3600");
    EXPECT_EQ(answer.at("mask"), "24");
}

TEST_F(NetworkdLinkTest, AnnouncesWhatIsConfigured) {
    LinkPlan plan = linkPlan();
    plan.dhcp->dns = {ip("1.1.1.1"), ip("9.9.9.9")};
    plan.dhcp->ntp = {ip("10.0.0.5")};
    plan.dhcp->domain = "usb.example";
    plan.dhcp->routes = {{Cidr4::parse("10.16.0.0/12").value(), ip("10.55.0.1")}};
    plan.dhcp->router = true;
    plan.dhcp->leaseTime = std::chrono::minutes(10);
    plan.dhcp->bootServer = "10.55.0.1";
    plan.dhcp->bootFile = "boot/grub x.efi";
    plan.dhcp->options = {{26, {0x05, 0x00}}, {224, {0x00, 0xff, 0x41}}};
    Process networkd = world_.startNetworkd();
    bringUp(plan);
    EXPECT_THAT(seen_.warningTexts, IsEmpty());
    const DhcpAnswer answer = DhcpClient(world_, {"-O", "router", "-O", "dns", "-O", "ntpsrv", "-O", "domain", "-O",
                                                  "staticroutes", "-O", "mtu", "-O", "tftp", "-O", "bootfile"})
                                  .bound();
    EXPECT_EQ(answer.at("router"), "10.55.0.1");
    EXPECT_EQ(answer.at("dns"), "1.1.1.1 9.9.9.9");
    EXPECT_EQ(answer.at("ntpsrv"), "10.0.0.5");
    EXPECT_EQ(answer.at("domain"), "usb.example");
    EXPECT_EQ(answer.at("staticroutes"), "10.16.0.0/12 10.55.0.1 0.0.0.0/0 10.55.0.1");
    EXPECT_EQ(answer.at("lease"), "600");
    EXPECT_EQ(answer.at("mtu"), "1280");
    EXPECT_EQ(answer.at("tftp"), "10.55.0.1");
    EXPECT_EQ(answer.at("siaddr"), "10.55.0.1");
    EXPECT_EQ(answer.at("bootfile"), "boot/grub x.efi");
    EXPECT_EQ(answer.at("opt224"), "00ff41");
}

TEST_F(NetworkdLinkTest, AnotherRouterIsAnnounced) {
    LinkPlan plan = linkPlan();
    plan.dhcp->routerAddress = ip("10.55.0.9");
    Process networkd = world_.startNetworkd();
    bringUp(plan);
    EXPECT_EQ(DhcpClient(world_).bound()["router"], "10.55.0.9");
}

TEST_F(NetworkdLinkTest, HostWithAStaticLeaseGetsItsAddress) {
    LinkPlan plan = linkPlan();
    const auto mac = MacAddress::parse("02:00:00:00:00:77").value();
    plan.dhcp->hosts = {{mac, ip("10.55.0.200"), ""}};
    world_.runOnHost({"ip", "link", "set", "host0", "address", mac.text()});
    Process networkd = world_.startNetworkd();
    bringUp(plan);
    EXPECT_EQ(DhcpClient(world_).bound()["ip"], "10.55.0.200");
    EXPECT_EQ(seen_.nextWith(1).leases.at(0).mac, mac);
}

TEST_F(NetworkdLinkTest, SmallestNetworkIsServed) {
    LinkPlan plan = linkPlan();
    plan.network.prefix = 30;
    plan.dhcp->first = plan.dhcp->last = ip("10.55.0.2");
    Process networkd = world_.startNetworkd();
    bringUp(plan);
    EXPECT_EQ(DhcpClient(world_).bound()["ip"], "10.55.0.2");
}

TEST_F(NetworkdLinkTest, TwoAddressesAreAnAddressWithoutDhcp) {
    LinkPlan plan = linkPlan();
    plan.network.prefix = 31;
    plan.address = ip("10.55.0.0");
    plan.dhcp->first = plan.dhcp->last = ip("10.55.0.1");
    plan.dhcp->origins.network = {"override.yaml:3: otgnet/iface/net"};
    Process networkd = world_.startNetworkd();
    bringUp(plan);
    EXPECT_THAT(addresses(), HasSubstr("10.55.0.0/31"));
    EXPECT_THAT(seen_.warningTexts, ElementsAre(HasSubstr("override.yaml:3: otgnet/iface/net: ")));
}

TEST_F(NetworkdLinkTest, ChangedPlanIsTakenUp) {
    Process networkd = world_.startNetworkd();
    bringUp();
    LinkPlan plan = linkPlan();
    plan.address = ip("10.66.0.1");
    plan.network = Cidr4::parse("10.66.0.0/24").value();
    plan.dhcp->first = ip("10.66.0.50");
    plan.dhcp->last = ip("10.66.0.60");
    publish(plan);
    settle();
    EXPECT_EQ(DhcpClient(world_).bound()["serverid"], "10.66.0.1");
    EXPECT_THAT(addresses(), Not(HasSubstr("10.55.0.1")));
}

/// networkd 252 forgets all leases when the file changes.
TEST_F(NetworkdLinkTest, UnchangedProfileIsNotWrittenAgain) {
    Process networkd = world_.startNetworkd();
    bringUp();
    struct stat before {
    }, after{};
    ASSERT_EQ(::stat(profilePath, &before), 0);
    publish();
    ASSERT_EQ(::stat(profilePath, &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino);
    EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    EXPECT_EQ(before.st_mode & 0777U, 0644U);
}

TEST_F(NetworkdLinkTest, WithdrawLeavesNothing) {
    Process networkd = world_.startNetworkd();
    bringUp();
    withdraw();
    EXPECT_THAT(listDirectory("/run/systemd/network"), IsEmpty());
    world_.bus().waitForProperty("org.freedesktop.network1", world_.networkdPath(), "org.freedesktop.network1.Link",
                                 "AdministrativeState", "unmanaged");
    EXPECT_THAT(seen_.backends, ElementsAre("networkd", ""));
    withdraw();
}

TEST_F(NetworkdLinkTest, WithdrawTakesWhatAPredecessorLeftWithoutNetworkd) {
    writeFileAtomic(profilePath, "[Match]\nName=usb0\n", 0644, ErrorCode::Failed);
    withdraw();
    EXPECT_THAT(listDirectory("/run/systemd/network"), IsEmpty());
}

TEST_F(NetworkdLinkTest, FailedLinkIsCured) {
    writeFileAtomic(profilePath,
                    "[Match]\nName=usb0\n[Network]\nAddress=10.55.0.1/24\nDHCPServer=yes\n[DHCPServer]\nPoolSize=900\n",
                    0644, ErrorCode::Failed);
    Process networkd = world_.startNetworkd();
    world_.plug();
    world_.bus().waitForProperty("org.freedesktop.network1", world_.networkdPath(), "org.freedesktop.network1.Link",
                                 "AdministrativeState", "failed");
    publish();
    settle();
    EXPECT_EQ(DhcpClient(world_).bound()["serverid"], "10.55.0.1");
}

TEST_F(NetworkdLinkTest, FileThatTakesTheLinkFromUsIsNamed) {
    writeFileAtomic(foreignPath, "[Match]\nName=usb*\n[Network]\nAddress=10.1.1.1/24\n", 0644, ErrorCode::Failed);
    Process networkd = world_.startNetworkd();
    publish();
    world_.plug();
    EXPECT_THAT(failureOf([&](Done done) { link_.settle(std::move(done)); }), HasSubstr(foreignPath));
}

TEST_F(NetworkdLinkTest, FileThatTakesTheStandingLinkFromUsIsTold) {
    const Process networkd = world_.startNetworkd();
    for (const char* text : {"[Network]\nAddress=10.1.1.1/24\n", "[Network]\nDHCP=yes\n", "[Link]\nUnmanaged=yes\n"}) {
        SCOPED_TRACE(text);
        bringUp();
        seen_.troubles.clear();
        writeFileAtomic(foreignPath, std::string("[Match]\nName=usb*\n") + text, 0644, ErrorCode::Failed);
        run({"networkctl", "reload"});
        loopUntil([&] { return !seen_.troubles.empty(); }, "the trouble");
        EXPECT_EQ(seen_.troubles.size(), 1U);
        EXPECT_THAT(describe(seen_.troubles.front()).text, HasSubstr("usb0"));
        EXPECT_EQ(describe(seen_.troubles.front()).name, "org.pikvm.OtgNet.Error.BackendUnavailable");
        removeFile(foreignPath, ErrorCode::Failed);
        withdraw();
        world_.unplug();
    }
}

TEST_F(NetworkdLinkTest, FileThatTakesTheLinkForAMomentIsNoTrouble) {
    const Process networkd = world_.startNetworkd();
    bringUp();
    writeFileAtomic(foreignPath, "[Match]\nName=usb*\n[Network]\nAddress=10.1.1.1/24\n", 0644, ErrorCode::Failed);
    run({"networkctl", "reload"});
    loopUntil([&] { return addresses().find("10.1.1.1") != std::string::npos; }, "the other's address");
    removeFile(foreignPath, ErrorCode::Failed);
    run({"networkctl", "reload"});
    loopUntil([&] { return addresses().find("10.55.0.1/24") != std::string::npos; }, "ours again");
    bool over = false;
    const Source timer = callAt(bootNow() + 2'500'000, [&] { over = true; });
    loopUntil([&] { return over; }, "the time to doubt");
    EXPECT_TRUE(seen_.troubles.empty());
}

TEST_F(NetworkdLinkTest, LeftAloneLinkIsUnmanagedWhateverMatchesIt) {
    writeFileAtomic("/etc/systemd/network/50-all.network", "[Match]\nName=*\n[Network]\nAddress=10.1.1.1/24\n", 0644,
                    ErrorCode::Failed);
    Process networkd = world_.startNetworkd();
    world_.plug();
    for (int i = 0; i < 2; ++i) // once before we know that networkd is there, once after
        finished([&](Done done) { link_.leaveAlone(linkPlan().ifname, std::move(done)); });
    world_.bus().waitForProperty("org.freedesktop.network1", world_.networkdPath(), "org.freedesktop.network1.Link",
                                 "AdministrativeState", "unmanaged");
    withdraw();
    EXPECT_THAT(listDirectory("/run/systemd/network"), IsEmpty());
}

/// networkd 257 refuses a Reload while another one is under way.
TEST_F(NetworkdLinkTest, OthersMayReloadAtTheSameTime) {
    Process networkd = world_.startNetworkd();
    bringUp();
    const Process storm({"sh", "-c",
                         "while busctl call org.freedesktop.network1 /org/freedesktop/network1 "
                         "org.freedesktop.network1.Manager Reload; do :; done"});
    LinkPlan plan = linkPlan();
    for (unsigned i = 1; i <= 10; ++i) {
        plan.dhcp->dns = {{i}};
        publish(plan);
    }
    settle();
    EXPECT_EQ(DhcpClient(world_).bound()["dns"], "0.0.0.10");
}

TEST_F(NetworkdLinkTest, NetworkdIsStarted) {
    std::optional<Process> networkd;
    FakeSystemd systemd([&](const std::string&) { networkd = world_.startNetworkd(); });
    bringUp();
    EXPECT_THAT(systemd.started, ElementsAre("systemd-networkd.service"));
    EXPECT_THAT(addresses(), HasSubstr("10.55.0.1/24"));
}

TEST_F(NetworkdLinkTest, FolderThatCannotBeMadeIsAnErrorOfTheBackend) {
    std::filesystem::remove("/run/systemd/network");
    writeFileAtomic("/run/systemd/network", "", 0644, ErrorCode::Failed);
    try {
        publish();
        FAIL() << "published without a profile";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::BackendUnavailable);
        EXPECT_THAT(error.what(), HasSubstr("/run/systemd/network"));
    }
}

TEST_F(NetworkdLinkTest, NetworkdThatCannotBeStartedIsAnError) {
    EXPECT_THAT(failureOf([&](Done done) { link_.publish(linkPlan(), std::move(done)); }),
                HasSubstr("systemd-networkd does not run and cannot be started"));
}

} // namespace
} // namespace otgnet::sandbox
