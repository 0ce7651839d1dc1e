// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/dhcp_client.hpp"
#include "sandbox/world.hpp"

#include "base/file.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {
namespace {

constexpr const char* profile = R"([Match]
Name=usb0
[Network]
Address=10.55.0.1/24
LinkLocalAddressing=no
DHCPServer=yes
[DHCPServer]
EmitRouter=no
PersistLeases=no
)";

TEST(World, IsPrivate) {
    World world;
    EXPECT_NE(world.ifindex(), 0U);
    EXPECT_EQ(listDirectory("/sys/class/net"), (std::vector<std::string>{"lo", "usb0"}));
    EXPECT_THAT(world.runOnHost({"ip", "-br", "link"}), ::testing::HasSubstr("host0"));
    EXPECT_FALSE(world.bus().hasOwner("org.freedesktop.network1"));
    writeFileAtomic("/etc/otgnet/otgnet.yaml", "x", 0644, ErrorCode::Failed);
}

TEST(World, IsNewEachTime) {
    for (int i = 0; i < 2; ++i) {
        World world;
        EXPECT_FALSE(std::filesystem::exists("/etc/otgnet/otgnet.yaml"));
        writeFileAtomic("/etc/otgnet/otgnet.yaml", "x", 0644, ErrorCode::Failed);
    }
    EXPECT_FALSE(std::filesystem::exists("/etc/otgnet/otgnet.yaml"));
}

TEST(World, NetworkdServesTheHost) {
    World world;
    writeFileAtomic("/run/systemd/network/10-test.network", profile, 0644, ErrorCode::Failed);
    Process networkd = world.startNetworkd();
    world.plug();
    DhcpClient client(world);
    EXPECT_EQ(client.bound()["serverid"], "10.55.0.1");
    EXPECT_EQ(client.renewed()["mask"], "24");
    client.release();
    EXPECT_EQ(networkd.terminate(), 0);
    world.bus().waitForNoOwner("org.freedesktop.network1");
}

TEST(World, NetworkManagerRuns) {
    World world;
    Process manager = world.startNetworkManager();
    EXPECT_THAT(run({"nmcli", "-t", "-f", "DEVICE", "device"}), ::testing::HasSubstr("usb0"));
    EXPECT_EQ(manager.terminate(), 0);
}

/// 85-nm-unmanaged.rules treats a veth that is not called eth* as it treats a gadget.
TEST(World, UdevMakesNetworkManagerIgnoreTheCable) {
    World world({.udev = true});
    Process manager = world.startNetworkManager();
    run({"udevadm", "settle", "--timeout=10"}, {.environment = {"SYSTEMD_IGNORE_CHROOT=1"}});
    EXPECT_THAT(run({"nmcli", "-t", "-f", "DEVICE,STATE", "device"}), ::testing::HasSubstr("usb0:unmanaged"));
}

TEST(World, PolkitAnswersRoot) {
    World world;
    Process polkit = world.startPolkit();
    const std::string answer =
        run({"busctl", "call", "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
             "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization", "(sa{sv})sa{ss}us", "unix-process", "2",
             "pid", "u", "1", "start-time", "t", "0", "org.freedesktop.policykit.exec", "0", "0", ""});
    EXPECT_THAT(answer, ::testing::HasSubstr("(bba{ss}) true false"));
}

TEST(Process, SaysHowItEnded) {
    World world;
    EXPECT_EQ(Process({"sh", "-c", "exit 3"}).wait(), 3);
    EXPECT_EQ(Process({"/nonexistent"}).wait(), 127);
    Process cat({"sh", "-c", "echo ready; cat /dev/zero >/dev/null"});
    cat.expect("ready");
    EXPECT_EQ(cat.kill(), 128 + 9);
}

} // namespace
} // namespace otgnet::sandbox
