// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/link_watcher.hpp"

#include "sandbox/world.hpp"

#include <gmock/gmock.h>
#include <sys/eventfd.h>

#include <fstream>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const IfName usb0 = *IfName::parse("usb0");
const Cidr4 ourNetwork = *Cidr4::parse("172.30.30.0/24");

void ip(const std::string& arguments) {
    run({"sh", "-c", "ip " + arguments});
}

/// Over up0, in one go: from 11.0.0.0/24 on.
void addRoutes(int count) {
    std::ofstream batch("/run/routes");
    for (int i = 0; i < count; ++i)
        batch << "route add 11." << i / 256 << '.' << i % 256 << ".0/24 dev up0\n";
    batch.close();
    ip("-batch /run/routes");
}

ForeignNetwork foreign(const std::string& ifname, const std::string& network) {
    return {ifname, *Cidr4::parse(network)};
}

class Links : public ::testing::Test {
protected:
    /// Calls for all that has happened: the kernel queues its messages before ip(8) ends.
    static void runLoop() {
        while (g_main_context_iteration(nullptr, FALSE) != 0) {
        }
    }

    /// Of a carrier the kernel tells a while later.
    void awaitCarrier(bool carrier) {
        loopUntil([&] { return links_.back().carrier == carrier; }, carrier ? "carrier" : "no carrier");
    }

    void follow(const IfName& name = usb0) {
        watcher_.follow(name, ourNetwork);
        runLoop();
    }

    void change(const std::string& arguments) {
        ip(arguments);
        runLoop();
    }

    World world_{{.cable = true, .udev = false, .uplink = "up0"}};
    std::vector<LinkFacts> links_;
    std::vector<std::vector<ForeignNetwork>> foreign_;
    LinkWatcher watcher_{{[this](const LinkFacts& facts) { links_.push_back(facts); },
                          [this](const std::vector<ForeignNetwork>& networks) { foreign_.push_back(networks); }}};
};

TEST_F(Links, TellsTheLifeOfOurLink) {
    follow();
    const unsigned first = world_.ifindex();
    ip("link set usb0 up");
    world_.plug();
    awaitCarrier(true);
    world_.unplug();
    awaitCarrier(false);
    world_.plug();
    awaitCarrier(true);
    ip("link set usb0 down");
    awaitCarrier(false);
    world_.removeCable();
    runLoop();
    world_.makeCable();
    runLoop();
    const unsigned second = world_.ifindex();
    EXPECT_NE(first, second);
    EXPECT_THAT(links_, ElementsAre(LinkFacts{"usb0", first, false}, LinkFacts{"usb0", first, true},
                                    LinkFacts{"usb0", first, false}, LinkFacts{"usb0", first, true},
                                    LinkFacts{"usb0", first, false}, LinkFacts{}, LinkFacts{"usb0", second, false}));
}

TEST_F(Links, FollowsAnotherName) {
    follow(*IfName::parse("usb7"));
    EXPECT_THAT(links_, IsEmpty());
    follow();
    change("link set usb0 name usb7");
    follow(*IfName::parse("usb7"));
    const unsigned index = world_.ifindex("usb7");
    EXPECT_THAT(links_, ElementsAre(LinkFacts{"usb0", index, false}, LinkFacts{}, LinkFacts{"usb7", index, false}));
}

TEST_F(Links, TellsTheNetworksOfOthers) {
    ip("addr add 192.168.1.5/24 dev up0");
    follow();
    change("addr add 172.30.30.1/24 dev usb0");
    change("addr add 169.254.7.7/16 dev up0");
    change("link set up0 up");
    change("route add 10.0.0.0/9 via 192.168.1.1");
    change("route add 10.1.0.0/16 via 192.168.1.1 table 52");
    change("route add blackhole 10.2.0.0/16");
    change("route add 128.0.0.0/1 via 192.168.1.1");
    change("addr add 192.168.1.6/24 dev up0");
    EXPECT_THAT(foreign_, ElementsAre(ElementsAre(foreign("up0", "192.168.1.0/24")),
                                      ElementsAre(foreign("up0", "10.0.0.0/9"), foreign("up0", "192.168.1.0/24"))));
    foreign_.clear();
    change("link del up0");
    EXPECT_THAT(foreign_, ElementsAre(IsEmpty()));
}

TEST_F(Links, LearnsOfNetworksThatWereThereBefore) {
    ip("addr add 192.168.1.5/24 dev up0");
    ip("link set up0 up");
    ip("route add default via 192.168.1.1");
    std::vector<ForeignNetwork> networks;
    LinkWatcher late({[](const LinkFacts&) {}, [&](const auto& all) { networks = all; }});
    late.follow(usb0, ourNetwork);
    EXPECT_THAT(networks, ElementsAre(foreign("up0", "192.168.1.0/24")));
}

/// The kernel sends no message for the routes that go here.
TEST_F(Links, ForgetsRoutesThatGoSilently) {
    ip("link set up0 up; ip addr add 192.168.1.5/24 dev up0; ip addr add 192.168.1.6/32 dev up0");
    ip("route add 10.1.0.0/16 via 192.168.1.1 src 192.168.1.6");
    ip("route add 10.2.0.0/16 via 192.168.1.1");
    ip("route add default via 192.168.1.1");
    follow();
    change("addr del 192.168.1.6/32 dev up0");
    EXPECT_THAT(foreign_.back(), ElementsAre(foreign("up0", "10.2.0.0/16"), foreign("up0", "192.168.1.0/24")));
    change("link set up0 down");
    EXPECT_THAT(foreign_.back(), ElementsAre(foreign("up0", "192.168.1.0/24")));
    change("link set up0 up");
    change("route add 10.2.0.0/16 via 192.168.1.1");
    change("addr del 192.168.1.5/24 dev up0");
    EXPECT_THAT(foreign_.back(), IsEmpty());
    EXPECT_THAT(run({"ip", "route"}), IsEmpty());
}

/// Nor for those that go with a nexthop object.
TEST_F(Links, FollowsNexthopObjects) {
    ip("link add up1 type veth peer name up2; ip link set up1 up; ip link set up2 up");
    follow();
    ip("nexthop add id 1 dev up1; ip nexthop add id 2 dev up2; ip nexthop add id 3 group 1/2");
    change("route add 10.1.0.0/16 nhid 1; ip route add 10.2.0.0/16 nhid 3; ip route add 10.3.0.0/16 nhid 1 table 52");
    EXPECT_THAT(foreign_.back(), ElementsAre(foreign("up1", "10.1.0.0/16"), foreign("up1", "10.2.0.0/16")));
    change("nexthop replace id 1 dev up2");
    EXPECT_THAT(foreign_.back(), ElementsAre(foreign("up2", "10.1.0.0/16"), foreign("up2", "10.2.0.0/16")));
    change("nexthop del id 1");
    EXPECT_THAT(foreign_.back(), ElementsAre(foreign("up2", "10.2.0.0/16")));
    change("nexthop del id 2");
    EXPECT_THAT(foreign_.back(), IsEmpty());
}

TEST_F(Links, SeesARouteMoveToAnotherInterface) {
    ip("link add up1 type veth peer name far1; ip link set up0 up; ip link set up1 up");
    follow();
    change("route add 10.1.0.0/16 dev up0 metric 100");
    change("route replace 10.1.0.0/16 dev up1 metric 100");
    change("route add default dev up0");
    EXPECT_THAT(foreign_,
                ElementsAre(ElementsAre(foreign("up0", "10.1.0.0/16")), ElementsAre(foreign("up1", "10.1.0.0/16"))));
}

TEST_F(Links, AStormLeavesOthersTheirTurn) {
    ip("link set up0 up");
    follow();
    addRoutes(1000);
    const Fd event(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    std::size_t seen = 0;
    const Source other = watchFd(event.get(), G_IO_IN, [&](GIOCondition) { seen = foreign_.back().size(); });
    for (int turn = 0; turn < 2; ++turn)
        g_main_context_iteration(nullptr, FALSE);
    EXPECT_GT(seen, 0U) << "the other waits for the end of it";
    EXPECT_LT(seen, 1000U);
}

/// More than the socket holds and more than is kept; what overlaps is never lost.
TEST_F(Links, SurvivesARouterWithManyRoutes) {
    ip("link set up0 up");
    follow();
    addRoutes(20000);
    change("route add 172.30.30.128/25 dev up0");
    EXPECT_THAT(foreign_.back(), ::testing::Contains(foreign("up0", "172.30.30.128/25")));
    EXPECT_LE(foreign_.back().size(), 1001U);

    watcher_.follow(usb0, *Cidr4::parse("11.77.0.0/24"));
    EXPECT_THAT(foreign_.back(), ::testing::Contains(foreign("up0", "11.77.0.0/24")));

    change("route flush dev up0");
    EXPECT_THAT(foreign_.back(), IsEmpty());
}

} // namespace
} // namespace otgnet::sandbox
