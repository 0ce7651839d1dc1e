// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/cable.hpp"

#include <gmock/gmock.h>

#include <net/if.h>

#include <csignal>

namespace otgnet::guest {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

/// The configuration that wants the network, so that the service comes up with it by itself.
std::string enabled() {
    return "otg: {devices: {ethernet: {enabled: true, driver: ncm}}}\n";
}

/// The expiry of dnsmasq's is rounded to its seconds anew.
template<class Leases>
std::vector<std::string> addresses(const Leases& leases) {
    std::vector<std::string> result;
    for (const auto& lease : leases)
        result.push_back(std::get<0>(lease) + ' ' + std::get<1>(lease) + ' ' + std::get<2>(lease));
    return result;
}

class Crash : public WithEachManager {
protected:
    Cable cable{enabled(), GetParam()};

    void killDaemon() {
        ASSERT_EQ(::kill(Service::pid(), SIGKILL), 0);
        cable.service.untilRestarted();
    }
};

TEST_P(Crash, TheHostNoticesNothing) {
    cable.goOnline();
    const auto link = ::if_nametoindex("usb0");
    const auto device = cable.host.deviceNumber();
    const auto leases = addresses(cable.service.call().Leases());
    cable.service.signals();

    killDaemon();

    cable.service.untilState("online");
    EXPECT_EQ(::if_nametoindex("usb0"), link);
    EXPECT_EQ(cable.host.deviceNumber(), device);
    EXPECT_EQ(addresses(cable.service.call().Leases()), leases);
    EXPECT_TRUE(cable.host.pings("172.30.30.1"));
    EXPECT_THAT(cable.service.signals(), ElementsAre());
}

TEST_P(Crash, InTheMiddleOfTheWayUpEndsUpAllTheSame) {
    cable.service.call().Disable();
    sandbox::Process enable({"busctl", "call", "org.pikvm.OtgNet", "/org/pikvm/OtgNet", "org.pikvm.OtgNet1", "Enable"});
    cable.service.until("the first step", [&] { return cable.service.call().State() != "disabled"; });

    killDaemon();

    cable.takeInterface();
    cable.lease();
    cable.service.untilState("online");
    cable.service.call().Disable();
    EXPECT_EQ(traces(), cable.before);
}

TEST_P(Crash, WhatAKilledServiceHasLeftIsRemovedByOneThatShallBeDown) {
    cable.goOnline();
    Service::configure(configuration("ncm"));

    killDaemon();

    cable.service.untilState("disabled");
    EXPECT_EQ(traces(), cable.before);
}

TEST_P(Crash, AManagerThatRestartsCostsNoLease) {
    cable.goOnline();
    cable.service.signals();

    cable.manager.restart();

    cable.service.until("the manager", [&] { return cable.service.call().Backend() == cable.manager.name(); });
    cable.client->renewed();
    EXPECT_TRUE(cable.host.pings("172.30.30.1"));
    EXPECT_EQ(cable.service.call().State(), "online");
    for (const std::string& signal : cable.service.signals()) // NetworkManager takes the link down for a moment
        EXPECT_THAT(signal, ::testing::AnyOf(StartsWith("Host"), StartsWith("LeaseChanged")));
}

OTGNET_WITH_EACH_MANAGER(Crash);

} // namespace
} // namespace otgnet::guest
