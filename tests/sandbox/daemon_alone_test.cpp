// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetd where something that it needs is missing, and comes later.

#include "sandbox/daemon.hpp"
#include "sandbox/fake_systemd.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace otgnet::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string enabled = "otg: {devices: {ethernet: {enabled: true, driver: ncm}}}\n";

TEST(DaemonAlone, MaskedNetworkdIsNamedAndTakenOnceItRuns) {
    World world({.cable = false});
    FakeSystemd systemd([](const std::string&) {});
    systemd.masked = true;
    Daemon daemon(world, enabled);
    daemon.caller().untilState("failed");
    const auto error = daemon.call().LastError();
    EXPECT_EQ(std::get<0>(error), "org.pikvm.OtgNet.Error.BackendUnavailable");
    EXPECT_THAT(std::get<1>(error), AllOf(HasSubstr("is masked"), HasSubstr("unmask systemd-networkd.service")));
    EXPECT_THAT(run({"nft", "list", "ruleset"}), Not(HasSubstr("otgnet")));

    const Process networkd = world.startNetworkd();
    daemon.caller().untilState("waiting");
    EXPECT_EQ(daemon.call().Backend(), "networkd");
}

TEST(DaemonAlone, WithoutAnyManagerThereIsAHint) {
    World world({.cable = false});
    Daemon daemon(world, enabled); // nor systemd
    daemon.caller().untilState("failed");
    EXPECT_THAT(std::get<1>(daemon.call().LastError()), HasSubstr("otgnet/link/backend"));
}

TEST(DaemonAlone, WhateverItsUmaskNetworkdCanReadTheProfile) {
    World world({.cable = false});
    std::filesystem::remove("/run/systemd/network");
    const Process networkd = world.startNetworkd();
    const mode_t before = ::umask(0077);
    Daemon daemon(world, enabled);
    ::umask(before);
    daemon.caller().untilState("waiting");
    EXPECT_EQ(std::filesystem::status("/run/systemd/network").permissions(), static_cast<std::filesystem::perms>(0755));
}

} // namespace
} // namespace otgnet::sandbox
