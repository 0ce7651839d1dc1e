// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// How often the real otgnetd says something while it goes from one state to the next.

#include "bus/property_table.hpp"
#include "sandbox/bus_client.hpp"
#include "sandbox/dhcp_client.hpp"
#include "sandbox/stage.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace otgnet::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

auto change(const std::string& of) {
    return StartsWith("PropertiesChanged('org.pikvm.OtgNet1' [(" + of);
}

class Changes : public ::testing::Test {
protected:
    void SetUp() override {
        caller().untilState("disabled");
        witness_.subscribe();
    }

    Caller& caller() { return stage_.daemon.caller(); }

    /// What was said until the service is in this state.
    std::vector<std::string> until(const std::string& state) {
        caller().untilState(state);
        witness_.await("GetConfig"); // what was sent before has arrived
        return std::exchange(witness_.signals, {});
    }

    Stage stage_{"otg: {devices: {ethernet: {enabled: true, start: false, driver: ncm}}}\n"};
    BusClient witness_;
};

TEST_F(Changes, OnTheWayUpEachFactIsToldOnce) {
    stage_.call().Enable();
    const auto said = until("waiting");
    EXPECT_THAT(said.front(), change("'State' 'starting') ('Enabled' true)] [])"));
    EXPECT_THAT(said.back(), change("'State' 'waiting')"));
    for (const Property& property : propertyTable()) {
        const std::string name = "('" + std::string(property.name) + "' ";
        const auto times = std::count_if(said.begin(), said.end(), [&](const std::string& signal) {
            return signal.find(name) != std::string::npos;
        });
        EXPECT_LE(times, property.name.starts_with("State") ? 2 : 1) << property.name;
    }
}

TEST_F(Changes, AHostAndItsLeaseAreToldInOneSignalEach) {
    stage_.call().Enable();
    until("waiting");
    stage_.world.plug();
    caller().until("the carrier", [&] { return stage_.call().Carrier(); });
    EXPECT_THAT(until("waiting"), ElementsAre(change("'Carrier' true)] [])")));

    stage_.daemon.kernel().setSpeed("high-speed");
    stage_.daemon.kernel().setState("configured");
    EXPECT_THAT(until("attached"),
                ElementsAre(change("'State' 'attached') ('UdcState' 'configured') ('Speed' 'high-speed')] [])"),
                            "HostAttached('dummy_udc.0' 'high-speed')"));

    DhcpClient client(stage_.world, {});
    client.bound();
    EXPECT_THAT(until("online"),
                ElementsAre(AllOf(change("'State' 'online') ('Leases' [('172.30.30."), HasSubstr(")])] [])")),
                            StartsWith("LeaseAdded('172.30.30.")));
}

TEST_F(Changes, NewPortsAreOneSignal) {
    stage_.call().Enable();
    until("waiting");
    stage_.call().SetConfig({{"otgnet/firewall/allow_tcp", sdbus::Variant{std::string("22,443")}}}, false);
    EXPECT_THAT(until("waiting"), ElementsAre(change("'AllowTcp' [22 443])] [])")));
    stage_.call().Reload();
    EXPECT_THAT(until("waiting"), ElementsAre());
}

} // namespace
} // namespace otgnet::sandbox
