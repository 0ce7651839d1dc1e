// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/status_screen.hpp"

#include <gmock/gmock.h>

namespace otgnet::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::uint64_t minute = 60'000'000;

Snapshot online() {
    Snapshot s;
    s.state = "online";
    s.backend = "networkd";
    s.driver = "ncm";
    s.udc = "fe980000.usb";
    s.udcState = "configured";
    s.speed = "high-speed";
    s.carrier = true;
    s.gadget = "kvmd";
    s.interface = "usb0";
    s.hostMac = "48:6f:73:74:50:43";
    s.kvmMac = "42:61:64:55:53:42";
    s.address = "172.30.30.1/24";
    s.allowIcmp = true;
    s.allowTcp = {80, 443};
    s.endpointsUsed = 6;
    s.endpointsMax = 9;
    s.leases = {{"172.30.30.83", "48:6f:73:74:50:43", "testpc", 1435 * minute}};
    return s;
}

TEST(StatusScreen, TellsWhatAPersonWantsFirst) {
    EXPECT_EQ(statusScreen(online(), plainStyle(), 0),
              R"(● usb0 online: testpc is at 172.30.30.83
        Host  attached, high-speed, ncm
       Lease  172.30.30.83  testpc  48:6f:73:74:50:43  23 h 55 min left
        Link  172.30.30.1/24, carrier, managed by systemd-networkd
        Open  icmp, tcp 80 443; everything else is closed, IPv6 too
    Forwards  nowhere
         MAC  host 48:6f:73:74:50:43, ours 42:61:64:55:53:42
   Endpoints  6 of 9 (gadget kvmd on fe980000.usb)
)");
}

TEST(StatusScreen, TellsSinceWhen) {
    Snapshot s = online();
    s.stateSince = 1 * minute;
    EXPECT_THAT(statusScreen(s, plainStyle(), 5 * minute),
                StartsWith("● usb0 online: testpc is at 172.30.30.83 (4 min)\n"));
    s.stateSince = 6 * minute; // the clock was set back
    EXPECT_THAT(statusScreen(s, plainStyle(), 5 * minute), StartsWith("● usb0 online: testpc is at 172.30.30.83\n"));
}

TEST(StatusScreen, ListsMoreLeasesUnderOneLabel) {
    Snapshot s = online();
    s.leases.push_back({"172.30.30.9", "02:00:00:00:00:01", "", minute});
    const std::string screen = statusScreen(s, plainStyle(), 0);
    EXPECT_THAT(screen, StartsWith("● usb0 online: testpc is at 172.30.30.83, and 1 more\n"));
    EXPECT_THAT(screen, HasSubstr("\n              172.30.30.9   -       02:00:00:00:00:01  1 min left\n"));
}

TEST(StatusScreen, ShowsTheRawFactWhereNobodyIsThere) {
    Snapshot s = online();
    s.state = "waiting";
    s.carrier = false;
    s.leases.clear();
    const std::string screen = statusScreen(s, plainStyle(), 0);
    EXPECT_THAT(screen, StartsWith("● usb0 waiting for a computer"));
    EXPECT_THAT(screen, HasSubstr("nobody there, controller says configured, ncm"));
    EXPECT_THAT(screen, HasSubstr("172.30.30.1/24, no carrier"));
}

TEST(StatusScreen, FailedSaysWhyAndWhatNext) {
    Snapshot s;
    s.state = "failed";
    s.errorText = "there is no USB device controller";
    EXPECT_EQ(statusScreen(s, plainStyle(), 0), "× otgnet failed: everything is closed\n"
                                                "       Error  there is no USB device controller\n"
                                                "        Next  otgnetctl doctor\n");
}

TEST(StatusScreen, ARefusedReloadSaysWhatNext) {
    Snapshot s = online();
    s.errorText = "/etc/kvmd/override.yaml:1: no";
    const std::string screen = statusScreen(s, plainStyle(), 0);
    EXPECT_THAT(screen, HasSubstr("\n       Error  /etc/kvmd/override.yaml:1: no\n"));
    EXPECT_THAT(screen, HasSubstr("\n        Next  mend that, then: otgnetctl reload\n"));
}

TEST(StatusScreen, DisabledSaysHowToEnable) {
    Snapshot s;
    s.state = "disabled";
    EXPECT_EQ(statusScreen(s, plainStyle(), 0), "○ otgnet disabled: the USB network is off\n"
                                                "        Next  otgnetctl enable\n");
}

TEST(StatusScreen, ForwardingDnsAndWarningsHaveTheirRows) {
    Snapshot s = online();
    s.forwardInterface = "eth0";
    s.dns = {"1.1.1.1", "8.8.8.8"};
    s.warnings = {"/etc/kvmd/override.yaml:14: why"};
    s.suspended = true;
    const std::string screen = statusScreen(s, plainStyle(), 0);
    EXPECT_THAT(screen, HasSubstr("    Forwards  to eth0\n"));
    EXPECT_THAT(screen, HasSubstr("         DNS  1.1.1.1 8.8.8.8\n"));
    EXPECT_THAT(screen, HasSubstr("     Warning  /etc/kvmd/override.yaml:14: why\n"));
    EXPECT_THAT(screen, HasSubstr("attached, asleep, high-speed"));
}

TEST(StatusScreen, AHostNameSteersNoTerminal) {
    Snapshot s = online();
    s.leases.front().hostname = "\x1b[2Jpc";
    const std::string screen = statusScreen(s, plainStyle(), 0);
    EXPECT_THAT(screen, Not(HasSubstr("\x1b")));
    EXPECT_THAT(screen, HasSubstr("�[2Jpc"));
}

TEST(StatusScreen, ColoursOnlyTheMarkAndNames) {
    const std::string screen = statusScreen(online(), colourStyle(), 0);
    EXPECT_THAT(screen, StartsWith("\x1b[0;1;32m●\x1b[0m "));
}

TEST(Open, NothingIsNothing) {
    EXPECT_EQ(openText(Snapshot{}), "nothing; everything else is closed, IPv6 too");
}

} // namespace
} // namespace otgnet::ctl
