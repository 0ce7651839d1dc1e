// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"
#include "guest/cable.hpp"
#include "sandbox/system_call.hpp"
#include "sandbox/wait.hpp"

#include <gmock/gmock.h>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace otgnet::guest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string shell(const std::string& command) {
    sandbox::Process process({"sh", "-c", command});
    if (process.wait(patience * 3) != 0)
        throw std::runtime_error(command + ": " + process.output());
    return process.output();
}

/// Whatever on the disk and in /run has our name; /run/udev names the port of the test itself.
std::string leftovers() {
    return shell("find / -xdev \\( -path /proc -o -path /sys -o -path /tmp -o -path /usr/local \\) -prune -o "
                 "-iname '*otgnet*' -print; find /run -path /run/udev -prune -o -iname '*otgnet*' -print");
}

TEST(Package, PurgedWhileOnlineLeavesNothing) {
    {
        Cable cable(configuration("ncm")); // over dummy_hcd the carrier of an ECM host is a matter of luck
        cable.goOnline();
        shell("apt-get -qqy purge 'otgnet*'");
        EXPECT_EQ(traces(), cable.before);
        EXPECT_EQ(leftovers(), "");
        shell("apt-get -qqy install /share/*.deb");
    }
    EXPECT_EQ(shell("systemctl is-enabled otgnetd.service"), "enabled\n");
}

/// The sandbox of the service was made before there was a place for its file.
TEST(Package, PartForNetworkManagerThatComesLaterMayWrite) {
    shell("dpkg --purge otgnet-networkmanager && mv /etc/NetworkManager /etc/away && systemctl restart otgnetd");
    shell("dpkg --install /share/otgnet-networkmanager_*.deb");
    EXPECT_EQ(shell("grep -c ' /etc/NetworkManager ' /proc/$(systemctl show -P MainPID otgnetd)/mountinfo"), "1\n");
    shell("rm -r /etc/NetworkManager && mv /etc/away /etc/NetworkManager && systemctl restart otgnetd");
}

/// As "ro" of a PiKVM makes it; only that the mount is read-only and not its disk, on which others are writing.
class ReadOnlyDisk {
public:
    ReadOnlyDisk() { shell(stop + " && mount --bind /var/lib /var/lib && mount -o remount,bind,ro /var/lib"); }
    ~ReadOnlyDisk() { shell(stop + " && umount /var/lib"); }
    ReadOnlyDisk(const ReadOnlyDisk&) = delete;
    ReadOnlyDisk& operator=(const ReadOnlyDisk&) = delete;
    static void makeWritable() { shell("mount -o remount,bind,rw /var/lib"); }

private:
    const std::string stop = "systemctl stop otgnetd.service && systemctl stop var-lib-otgnet.mount";
};

TEST(Package, KeepsSettingsOnceAReadOnlyDiskIsWritable) {
    Cable cable(configuration("ncm"));
    const ReadOnlyDisk disk;
    Service::unit("start");
    cable.service.call().GetConfig(); // it runs
    disk.makeWritable();
    cable.service.call().SetConfig({{"otgnet/dhcp/domain", sdbus::Variant{std::string("kept")}}}, true);
    EXPECT_THAT(shell("cat /var/lib/otgnet/settings.yaml"), HasSubstr("kept"));
    cable.service.call().ResetConfig({"otgnet/dhcp/domain"}, true);
}

/// What the unit forbids the daemon it forbids its children, too.
TEST(Package, HookMayStartADnsmasq) {
    const std::string pidFile = "/run/test-dnsmasq.pid";
    const std::string hook = "[/usr/sbin/dnsmasq, --conf-file=/dev/null, --port=0, --interface=lo, --bind-interfaces, "
                             "'--dhcp-range=127.0.0.2,127.0.0.9', --pid-file=" +
                             pidFile + "]";
    Cable cable(configuration("ncm", "  commands:\n    pre_start_cmd: " + hook + "\n"));
    EXPECT_EQ(cable.service.errorOf([&] { cable.service.call().Enable(); }), "");
    EXPECT_EQ(std::get<1>(cable.service.call().LastError()), "");
    const pid_t dnsmasq = std::stoi(readAttribute(pidFile));
    EXPECT_EQ(readAttribute("/proc/" + std::to_string(dnsmasq) + "/comm"), "dnsmasq");
    sandbox::checked(::kill(dnsmasq, SIGTERM), "end a dnsmasq");
    removeFile(pidFile, ErrorCode::Failed); // which it may not remove as nobody
}

TEST(Package, HooksRunAsOthersDo) {
    const std::string told = "/run/test-nice";
    Cable cable(configuration("ncm", "  commands:\n    pre_start_cmd: [/bin/sh, -c, 'nice > " + told + "']\n"));
    EXPECT_EQ(cable.service.errorOf([&] { cable.service.call().Enable(); }), "");
    EXPECT_LT(::getpriority(PRIO_PROCESS, static_cast<id_t>(Service::pid())), 0);
    EXPECT_EQ(readAttribute(told), "0");
    removeFile(told, ErrorCode::Failed);
}

class Purge : public WithEachManager {};

/// Kills the daemon for good: its unit does not start it again.
void killForGood() {
    const std::filesystem::path dropIn = "/run/systemd/system/otgnetd.service.d";
    writeFileAtomic(dropIn / "test.conf", "[Service]\nRestart=no\n", 0644, ErrorCode::Failed);
    shell("systemctl daemon-reload");
    const pid_t daemon = Service::pid();
    const Fd end(static_cast<int>(sandbox::checked(::syscall(SYS_pidfd_open, daemon, 0), "watch the daemon")));
    sandbox::checked(::kill(daemon, SIGKILL), "kill the daemon");
    sandbox::waitReadable(end.get(), sandbox::Deadline(patience), "the end of the daemon");
    std::filesystem::remove_all(dropIn);
    shell("systemctl daemon-reload");
}

TEST_P(Purge, OfADaemonThatWasKilledLeavesNothing) {
    Cable cable(configuration("ncm", "    forward_iface: lo\n"), GetParam());
    cable.goOnline();
    killForGood();
    shell("apt-get -qqy purge 'otgnet*'");
    EXPECT_EQ(traces(), cable.before);
    EXPECT_EQ(leftovers(), "");
    shell("apt-get -qqy install /share/*.deb");
}

OTGNET_WITH_EACH_MANAGER(Purge);

} // namespace
} // namespace otgnet::guest
