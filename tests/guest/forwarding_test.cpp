// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/cable.hpp"

#include <gmock/gmock.h>

namespace otgnet::guest {
namespace {

/// A network behind this machine: the veth "uplink" here, its other end with 192.0.2.1 in a namespace.
class Uplink {
public:
    Uplink() {
        sandbox::run({"ip", "netns", "add", "internet"});
        sandbox::run({"ip", "link", "add", "uplink", "type", "veth", "peer", "name", "far", "netns", "internet"});
        sandbox::run({"ip", "address", "add", "192.0.2.2/24", "dev", "uplink"});
        sandbox::run({"ip", "link", "set", "uplink", "up"});
        inside({"ip", "address", "add", "192.0.2.1/24", "dev", "far"});
        inside({"ip", "link", "set", "far", "up"});
    }
    ~Uplink() { sandbox::run({"ip", "netns", "delete", "internet"}); }

    static void inside(std::vector<std::string> argv) {
        argv.insert(argv.begin(), {"ip", "netns", "exec", "internet"});
        sandbox::run(argv);
    }
};

using Forwarding = WithEachManager;

TEST_P(Forwarding, GoesToTheUplinkAndIsGivenBack) {
    const Uplink uplink;
    Cable cable(configuration("ncm", "    forward_iface: uplink\n"), GetParam());
    cable.goOnline();

    EXPECT_TRUE(cable.host.pings("192.0.2.1")) << "masqueraded: the far end has no way back to the host's network";

    cable.service.call().Disable();
    EXPECT_EQ(traces(), cable.before);
}

TEST_P(Forwarding, IsOffWithoutAnUplink) {
    const Uplink uplink;
    Cable cable(configuration("ncm"), GetParam());
    cable.goOnline();
    cable.host.run({"ip", "route", "add", "default", "via", "172.30.30.1"});
    Uplink::inside({"ip", "route", "add", "172.30.30.0/24", "via", "192.0.2.2"});
    sandbox::run({"sysctl", "-q", "-w", "net.ipv4.ip_forward=1"}); // as docker does

    EXPECT_FALSE(cable.host.pings("192.0.2.1"));
}

OTGNET_WITH_EACH_MANAGER(Forwarding);

} // namespace
} // namespace otgnet::guest
