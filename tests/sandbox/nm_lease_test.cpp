// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/nm_link.hpp"

#include "base/file.hpp"

#include <filesystem>

namespace otgnet::nm {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* leasePath = "/var/lib/NetworkManager/dnsmasq-usb0.leases";

class NmLease : public NmLink {};

TEST_F(NmLease, IsGivenAndTold) {
    bringUp();
    sandbox::DhcpClient client(world_, {"-x", "hostname:target"});
    auto answer = client.bound();
    EXPECT_EQ(answer["serverid"], "10.55.0.1");
    EXPECT_EQ(answer["lease"], "86400");
    const auto address = Ipv4::parse(answer["ip"]);
    ASSERT_TRUE(address);
    waitForLeases(1);
    const Lease lease = leases().front();
    EXPECT_EQ(lease.address, *address);
    EXPECT_EQ(lease.hostname, "target");
    EXPECT_NEAR(static_cast<double>(lease.expires), static_cast<double>(bootNow()) + 86400e6, 10e6);
    EXPECT_TRUE(recorder_.reports.front().fresh);
    client.release();
    waitForLeases(0);
    EXPECT_FALSE(recorder_.reports.back().fresh);
}

/// What an earlier run, maybe before a reboot, has left.
TEST_F(NmLease, OfEarlierTimesCountsWhenItsHostAsksAgain) {
    world_.runOnHost({"ip", "link", "set", "host0", "address", "02:00:00:00:00:05"});
    const std::string expiry = std::to_string(std::time(nullptr) + 3600);
    writeFile(leasePath,
              expiry + " 02:00:00:00:00:05 10.55.0.13 old *\n" + expiry + " 02:00:00:00:00:06 10.55.0.14 other *\n");
    startManager();
    makeLink();
    ASSERT_EQ(publish(), "");
    recorder_.nextWith(0);
    world_.plug();
    waitForDevice("100 (connected) otgnet");
    recorder_.nextWith(0); // dnsmasq has it from its file
    sandbox::DhcpClient client(world_);
    EXPECT_EQ(client.bound()["ip"], "10.55.0.13");
    waitForLeases(1);
    EXPECT_THAT(recorder_.events, ElementsAre("added 10.55.0.13"));
}

TEST_F(NmLease, KeepsItsExpiryFromReportToReport) {
    bringUp();
    sandbox::DhcpClient client(world_);
    client.bound();
    waitForLeases(1);
    const auto before = leases();
    const std::size_t reports = recorder_.reports.size();
    std::filesystem::last_write_time(leasePath, std::filesystem::file_time_type::clock::now());
    writeAttribute("/var/lib/NetworkManager/dnsmasq-usb0.leases", *readFileIfExists(leasePath), ErrorCode::Failed);
    sandbox::loopUntil([&] { return recorder_.reports.size() > reports; }, "another report");
    EXPECT_EQ(leases(), before);
}

/// dnsmasq makes the file empty before it writes it.
/// The distance of the two clocks, which is measured, must not be another one for every watch.
TEST_F(NmLease, AnotherPlanRenewsNone) {
    bringUp();
    sandbox::DhcpClient(world_).bound();
    recorder_.nextWith(1);
    recorder_.events.clear();
    ASSERT_EQ(publish(planWithNtp()), "");
    ASSERT_EQ(settle(), "");
    recorder_.nextWith(1);
    EXPECT_THAT(recorder_.events, ::testing::IsEmpty());
}

/// Both in one, as the clock of the machine is not a test's to set: a watch that finds another distance than the last.
TEST_F(NmLease, AClockThatWasSetRenewsNone) {
    bringUp();
    sandbox::DhcpClient(world_).bound();
    std::vector<LeaseReport> reports;
    RealtimeOffset offset(1'000'000); // as if it was in 1970
    const LeaseWatch watch("/", samplePlan(), false, offset,
                           [&](const LeaseReport& report) { reports.push_back(report); });
    sandbox::loopUntil([&] { return !reports.empty(); }, "the report");
    EXPECT_TRUE(reports.front().clockSet);
    EXPECT_EQ(reports.front().leases.size(), 1U);
    EXPECT_FALSE(offset.measure()) << "it is right now";
}

TEST_F(NmLease, NeverBelievesAnEmptyFileAtOnce) {
    bringUp();
    sandbox::DhcpClient client(world_);
    client.bound();
    waitForLeases(1);
    const std::string text = *readFileIfExists(leasePath);
    const std::size_t reports = recorder_.reports.size();
    writeAttribute(leasePath, "", ErrorCode::Failed);
    Source later = callAt(bootNow() + 150'000, [&] { writeAttribute(leasePath, text, ErrorCode::Failed); });
    sandbox::loopUntil([&] { return recorder_.reports.size() > reports; }, "another report");
    EXPECT_EQ(leases().size(), 1U);
}

/// It writes in blocks, and one may end with a line.
TEST_F(NmLease, NeverBelievesHalfAFileAtOnce) {
    bringUp();
    sandbox::DhcpClient client(world_);
    client.bound();
    waitForLeases(1);
    const std::string text = *readFileIfExists(leasePath);
    const std::string more = std::to_string(std::time(nullptr) + 3600) + " 02:00:00:00:00:06 10.55.0.250 * *\n";
    writeAttribute(leasePath, text + more, ErrorCode::Failed);
    waitForLeases(2);
    const std::size_t reports = recorder_.reports.size();
    writeAttribute(leasePath, more, ErrorCode::Failed);
    Source later = callAt(bootNow() + 150'000, [&] { writeAttribute(leasePath, text + more, ErrorCode::Failed); });
    sandbox::loopUntil([&] { return recorder_.reports.size() > reports; }, "another report");
    EXPECT_EQ(leases().size(), 2U);
    writeAttribute(leasePath, more, ErrorCode::Failed);
    waitForLeases(1);
}

TEST_F(NmLease, SurvivesAHugeFile) {
    bringUp();
    sandbox::DhcpClient client(world_);
    client.bound();
    waitForLeases(1);
    const std::string text = *readFileIfExists(leasePath);
    ::testing::internal::CaptureStderr();
    for (unsigned size : {64U << 20U, 65U << 20U}) {
        std::filesystem::resize_file(leasePath, size);
        Source later;
        bool read = false;
        later = callAt(bootNow() + 250'000, [&] { read = true; });
        sandbox::loopUntil([&] { return read; }, "a read");
    }
    const std::string log = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("the leases stay"), std::string::npos) << log;
    EXPECT_EQ(log.find("the leases stay"), log.rfind("the leases stay")); // once
    EXPECT_EQ(leases().size(), 1U);
}

TEST_F(NmLease, OutlivesNetworkManager) {
    bringUp();
    sandbox::DhcpClient client(world_);
    client.bound();
    waitForLeases(1);
    const auto before = leases();
    manager_->terminate();
    waitForBackend("");
    startManager();
    waitForBackend("networkmanager");
    const std::size_t reports = recorder_.reports.size();
    sandbox::loopUntil([&] { return recorder_.reports.size() > reports; }, "the report after the restart");
    EXPECT_TRUE(recorder_.reports.back().fresh);
    EXPECT_EQ(leases(), before);
    EXPECT_THAT(recorder_.events, ElementsAre("added " + before.front().address.text())); // exactly once
}

TEST_F(NmLease, IsFoundByASuccessor) {
    bringUp();
    sandbox::DhcpClient client(world_);
    client.bound();
    waitForLeases(1);
    const auto before = leases();
    recorder_ = {};
    makeLink();
    EXPECT_EQ(publish(), "");
    waitForLeases(1);
    EXPECT_TRUE(recorder_.reports.front().fresh);
    EXPECT_EQ(leases().front().address, before.front().address);
}

TEST_F(NmLease, AnnouncesNothingByItself) {
    bringUp();
    sandbox::DhcpClient client(world_, {"-O", "router", "-O", "dns", "-O", "domain", "-O", "ntpsrv"});
    const auto answer = client.bound();
    for (const char* key : {"router", "dns", "domain", "ntpsrv"})
        EXPECT_EQ(answer.count(key), 0U) << key;
}

TEST_F(NmLease, CarriesEveryOption) {
    LinkPlan plan = samplePlan();
    plan.dhcp->first = plan.dhcp->last = ip("10.55.0.207"); // inside the pool that NetworkManager 1.42 would choose
    plan.dhcp->leaseTime = std::chrono::seconds(600);
    plan.dhcp->router = true;
    plan.dhcp->dns = {ip("9.9.9.9"), ip("1.1.1.1")};
    plan.dhcp->ntp = {ip("10.55.0.1")};
    plan.dhcp->domain = "example.org";
    plan.dhcp->routes = {{*Cidr4::parse("192.168.8.0/21"), ip("10.55.0.1")}};
    plan.dhcp->bootServer = "10.55.0.3";
    plan.dhcp->bootFile = "pxe/boot, x.0";
    plan.dhcp->options = {{26, {5, 0x78}},
                          {119, {3, 'e', 'n', 'g', 3, 'c', 'o', 'm', 0}},
                          {224, {7}},
                          {225, {0xaa, 0, 0x0a}},
                          {226, {1, 2, 3, 4}}};
    bringUp(plan);
    EXPECT_THAT(recorder_.warningTexts, Each(HasSubstr("before 1.52 also gives 10.55.0.10")));
    sandbox::DhcpClient client(world_, {"-O", "mtu", "-O", "search", "-O", "staticroutes", "-O", "bootfile", "-O",
                                        "224", "-O", "225", "-O", "226", "-O", "249", "-O", "ntpsrv"});
    auto answer = client.bound();
    EXPECT_EQ(answer["ip"], "10.55.0.207");
    EXPECT_EQ(answer["lease"], "600");
    EXPECT_EQ(answer["router"], "10.55.0.1");
    EXPECT_EQ(answer["dns"], "9.9.9.9 1.1.1.1");
    EXPECT_EQ(answer["ntpsrv"], "10.55.0.1");
    EXPECT_EQ(answer["domain"], "example.org");
    EXPECT_EQ(answer["staticroutes"], "192.168.8.0/21 10.55.0.1");
    EXPECT_EQ(answer["siaddr"], "10.55.0.3");
    EXPECT_EQ(answer["bootfile"] + answer["boot_file"], "pxe/boot, x.0");
    EXPECT_EQ(answer["mtu"], "1400");
    EXPECT_EQ(answer["search"], "eng.com");
    EXPECT_EQ(answer["opt224"], "07");
    EXPECT_EQ(answer["opt225"], "aa000a");
    EXPECT_EQ(answer["opt226"], "01020304");
    EXPECT_THAT(answer["opt249"] + answer["msstaticroutes"], HasSubstr("192.168.8.0"));
}

TEST_F(NmLease, IsReservedForAMac) {
    LinkPlan plan = samplePlan();
    plan.dhcp->hosts = {{*MacAddress::parse("02:00:00:00:00:05"), ip("10.55.0.77"), "box"}};
    world_.runOnHost({"ip", "link", "set", "host0", "address", "02:00:00:00:00:05"});
    bringUp(plan);
    sandbox::DhcpClient client(world_);
    auto answer = client.bound();
    EXPECT_EQ(answer["ip"], "10.55.0.77");
    EXPECT_EQ(answer["lease"], "86400");
    waitForLeases(1);
    EXPECT_EQ(leases().front().hostname, "box");
}

/// Another shared connection of the user keeps its router, its DNS and its pool.
TEST_F(NmLease, LeavesOtherSharedConnectionsAlone) {
    sandbox::run({"ip", "link", "add", "lan0", "type", "veth", "peer", "name", "pc0", "netns", "host"});
    LinkPlan plan = samplePlan();
    plan.dhcp->options = {{224, {7}}};
    bringUp(plan);
    sandbox::run({"nmcli", "device", "set", "lan0", "managed", "yes"});
    sandbox::run({"ip", "-n", "host", "link", "set", "pc0", "up"});
    shareLan();
    writeFile("/run/sandbox/print.sh", "#!/bin/sh\n[ $1 = bound ] && env\nexit 0\n");
    std::filesystem::permissions("/run/sandbox/print.sh", static_cast<std::filesystem::perms>(0755));
    const std::string answer = world_.runOnHost({"busybox", "udhcpc", "-i", "pc0", "-f", "-q", "-n", "-t", "10", "-T",
                                                 "1", "-O", "224", "-s", "/run/sandbox/print.sh"});
    EXPECT_THAT(answer, HasSubstr("router=10.66.0.1\n"));
    EXPECT_THAT(answer, HasSubstr("dns=10.66.0.1\n"));
    EXPECT_THAT(answer, HasSubstr("lease=3600\n"));
    EXPECT_THAT(answer, Not(HasSubstr("opt224")));
}

} // namespace
} // namespace otgnet::nm
