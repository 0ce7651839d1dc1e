// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/cable.hpp"
#include "guest/listener.hpp"

#include <gmock/gmock.h>

namespace otgnet::guest {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string invalidConfig = "org.pikvm.OtgNet.Error.InvalidConfig";

class Configuration : public WithEachManager {
protected:
    Cable cable{configuration("ncm"), GetParam()}; // ECM over dummy_hcd of Linux 6.1 loses packets now and then
};

TEST(ConfigurationFile, ThatIsBadAtStartIsToldWithItsPlace) {
    Cable cable("otgnet:\n  iface:\n    net: 10.0.0.1/24\n");

    cable.service.untilState("failed"); // "stopping" takes down what a predecessor may have left
    const auto error = cable.service.call().LastError();
    EXPECT_EQ(std::get<0>(error), invalidConfig);
    EXPECT_THAT(std::get<1>(error), AllOf(HasSubstr("otgnet/iface/net"), HasSubstr("/etc/kvmd/override.yaml:3")));
}

TEST_P(Configuration, ThatIsBadOnReloadLeavesTheLastGoodOneInForce) {
    const Listener open(openPort);
    cable.goOnline();

    Service::configure("otgnet: {firewall: {allow_tcp: [http]}}\n");
    EXPECT_EQ(cable.service.errorOf([&] { cable.service.call().Reload(); }), invalidConfig);

    EXPECT_EQ(cable.service.call().State(), "online");
    EXPECT_EQ(cable.host.probe("172.30.30.1", openPort), Host::Port::open);
}

TEST_P(Configuration, OtherPortsCostTheHostNothing) {
    const Listener open(openPort);
    const Listener closed(closedPort);
    cable.goOnline();
    const auto device = cable.host.deviceNumber();
    cable.service.signals();

    Service::configure("otg: {devices: {ethernet: {driver: ncm}}}\n"
                       "otgnet: {firewall: {allow_tcp: [" +
                       std::to_string(closedPort) + "]}}\n");
    Service::unit("reload");

    EXPECT_THAT(cable.service.call().AllowTcp(), ElementsAre(closedPort));
    EXPECT_EQ(cable.host.probe("172.30.30.1", openPort), Host::Port::silent);
    EXPECT_EQ(cable.host.probe("172.30.30.1", closedPort), Host::Port::open);
    EXPECT_EQ(cable.host.deviceNumber(), device);
    EXPECT_THAT(cable.service.signals(), ElementsAre());
}

TEST_P(Configuration, AnotherDriverMakesTheHostEnumerateAgain) {
    cable.goOnline();

    Service::configure(configuration("rndis"));
    cable.service.call().Reload();

    cable.takeInterface();
    EXPECT_EQ(cable.host.driver(), "rndis_host");
    cable.service.untilState("online");
}

OTGNET_WITH_EACH_MANAGER(Configuration);

} // namespace
} // namespace otgnet::guest
