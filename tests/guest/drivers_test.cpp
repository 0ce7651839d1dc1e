// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"
#include "guest/cable.hpp"
#include "guest/listener.hpp"

#include <gmock/gmock.h>

namespace otgnet::guest {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::StartsWith;

struct Way {
    const char* driver;
    const char* hostDriver; ///< that the host's kernel binds
    const char* bcdDevice;  ///< as kvmd's
    bool hostTakesMac;      ///< EEM has no way to tell it
};

std::ostream& operator<<(std::ostream& out, const Way& way) {
    return out << way.driver;
}

class Drivers : public ::testing::TestWithParam<std::tuple<Way, const char*>> {
protected:
    const Way way = std::get<0>(GetParam());
    Cable cable{configuration(way.driver), std::get<1>(GetParam())};
};

TEST_P(Drivers, TheHostSeesOurDevice) {
    cable.service.call().Enable();
    cable.takeInterface();

    EXPECT_EQ(cable.host.driver(), way.hostDriver);
    EXPECT_EQ(cable.host.descriptor("idVendor"), "1d6b");
    EXPECT_EQ(cable.host.descriptor("idProduct"), "0104");
    EXPECT_EQ(cable.host.descriptor("bcdDevice"), way.bcdDevice);
    EXPECT_EQ(cable.host.descriptor("manufacturer"), "PiKVM");
    EXPECT_EQ(cable.host.descriptor("product"), "PiKVM Composite Device");
    EXPECT_EQ(cable.host.descriptor("serial"), "CAFEBABE");
    EXPECT_EQ(cable.host.mac() == cable.service.call().HostMac(), way.hostTakesMac);
}

TEST_P(Drivers, TheHostGetsALeaseAndReachesWhatIsOpen) {
    const Listener open(openPort);
    const Listener closed(closedPort);
    cable.goOnline();

    const std::string us = "172.30.30.1";
    EXPECT_EQ(cable.service.call().Backend(), cable.manager.name());
    EXPECT_EQ(cable.service.call().Address(), us + "/24");
    EXPECT_TRUE(cable.host.pings(us));
    EXPECT_EQ(cable.host.probe(us, openPort), Host::Port::open);
    EXPECT_EQ(cable.host.probe(us, closedPort), Host::Port::silent);

    // The link has no IPv6 address; were there one, nothing of ours could be reached by it.
    writeAttribute("/proc/sys/net/ipv6/conf/usb0/disable_ipv6", "0", ErrorCode::Failed); // which NetworkManager sets
    sandbox::run({"ip", "address", "add", "fe80::1/64", "dev", "usb0", "nodad"});
    cable.host.run({"ip", "address", "add", "fe80::2/64", "dev", cable.host.interface(), "nodad"});
    EXPECT_FALSE(cable.host.pings("fe80::1%" + cable.host.interface()));
    EXPECT_EQ(cable.host.probe("fe80::1", openPort), Host::Port::silent);
    EXPECT_EQ(cable.host.probe("fe80::1", closedPort), Host::Port::silent);
    EXPECT_THAT(sandbox::run({"nft", "list", "chain", "inet", "otgnet", "input"}),
                ContainsRegex("nfproto ipv6 counter packets [1-9]"))
        << "it did not even try";

    EXPECT_THAT(cable.service.signals(),
                ElementsAre("HostAttached dummy_udc.0 high-speed",
                            StartsWith("LeaseAdded " + cable.hostAddress + ' ' + cable.host.mac())));
}

TEST_P(Drivers, ComingAndGoingIsToldOnce) {
    cable.goOnline();
    cable.service.signals();

    cable.host.unplug();
    cable.service.untilSignal("HostDetached");
    cable.service.untilState("waiting");
    cable.host.plug();
    cable.takeInterface();
    cable.service.untilSignal("HostAttached");
    EXPECT_THAT(cable.service.signals(),
                ElementsAre("HostDetached dummy_udc.0 unplugged", "HostAttached dummy_udc.0 high-speed"));

    cable.service.call().Replug();
    cable.service.untilSignal("HostAttached");
    cable.takeInterface();
    EXPECT_THAT(cable.service.signals(),
                ElementsAre("HostDetached dummy_udc.0 unbound", "HostAttached dummy_udc.0 high-speed"));
}

TEST_P(Drivers, DisableLeavesNoTrace) {
    cable.goOnline();

    cable.service.call().Disable();

    EXPECT_EQ(cable.service.call().State(), "disabled");
    EXPECT_EQ(traces(), cable.before);
}

class Stop : public WithEachManager {};

TEST_P(Stop, OfTheServiceLeavesNoTrace) {
    Cable cable(configuration("ncm"), GetParam());
    cable.goOnline();
    cable.service.signals();

    Service::unit("stop");

    EXPECT_EQ(traces(), cable.before);
    cable.service.untilSignal("HostDetached");
    cable.service.untilSignal("LeaseRemoved");
}

OTGNET_WITH_EACH_MANAGER(Stop);

INSTANTIATE_TEST_SUITE_P(
    All, Drivers,
    ::testing::Combine(::testing::Values(Way{"ecm", "cdc_ether", "0100", true}, Way{"eem", "cdc_eem", "0100", false},
                                         Way{"ncm", "cdc_ncm", "0102", true}, Way{"rndis", "rndis_host", "0101", true},
                                         Way{"rndis5", "rndis_host", "0100", true}),
                       ::testing::Values(Manager::networkd, Manager::networkManager)),
    [](const auto& each) { return std::string(std::get<0>(each.param).driver) + '_' + std::get<1>(each.param); });

} // namespace
} // namespace otgnet::guest
