// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

// What a call costs, beside the same kind of call to systemd-hostnamed on the same bus; what a run of otgnetctl costs,
// beside busctl; and how long it takes from the kernel's word of a host to the signal at a subscriber. The kernel is a
// modelled one in user space: most of a Reload is its answers about the gadget's files, for which the real one takes
// no time.

#include "sandbox/call_cost.hpp"
#include "sandbox/daemon.hpp"
#include "sandbox/namespaces.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace otgnet::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int calls = 2000;
constexpr int runs = 100;
constexpr int plugs = 5;

double microseconds(Clock::duration time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

void print(const char* what, double ours, const char* whose, double theirs) {
    std::printf("%-34s %8.0f µs   %-9s %8.0f µs   ratio %.2f\n", what, ours, whose, theirs, ours / theirs);
}

void measureCalls(sd_bus* bus) {
    for (const CallCost& cost : callCosts(bus, calls))
        print(cost.what, cost.ours, "hostnamed", cost.theirs);
}

/// From the start of the program to its end.
void measureCommands() {
    print("otgnetctl status",
          perRound(runs,
                   [] {
                       run({OTGNET_BINARY_DIR "/src/ctl/otgnetctl", "status"});
                   }),
          "busctl", perRound(runs, [] {
              run({"busctl", "get-property", "org.pikvm.OtgNet", "/org/pikvm/OtgNet", "org.pikvm.OtgNet1", "State"});
          }));
}

/// From the kernel's change of the state to HostAttached at a subscriber.
double attach(Daemon& daemon) {
    daemon.kernel().setState("default");
    daemon.caller().untilState("waiting");
    daemon.caller().signals();
    const auto start = Clock::now();
    daemon.kernel().setState("configured");
    daemon.caller().untilSignal("HostAttached");
    return microseconds(Clock::now() - start);
}

int bench() {
    World world{{.cable = false}};
    const Process networkd = world.startNetworkd();
    Daemon daemon(world, "otg: {devices: {ethernet: {enabled: true, driver: ncm}}}\n");
    const Process theirs({"/lib/systemd/systemd-hostnamed"});
    world.bus().waitForOwner("org.freedesktop.hostname1");
    daemon.caller().untilState("waiting"); // else the first calls would stand in line behind the start
    measureCalls(world.bus().get());
    measureCommands();

    world.plug();
    daemon.caller().until("the carrier", [&] { return daemon.call().Carrier(); });
    double slowest = 0;
    for (int i = 0; i < plugs; ++i)
        slowest = std::max(slowest, attach(daemon));
    std::printf("%-34s %8.0f µs   (slowest of %d)\n", "from the kernel's event to HostAttached", slowest, plugs);
    return 0;
}

} // namespace
} // namespace otgnet::sandbox

int main() {
    return otgnet::sandbox::runInside([] { return otgnet::sandbox::bench(); });
}
