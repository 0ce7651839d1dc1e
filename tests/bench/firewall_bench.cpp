// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

// Two numbers for a growing list of ports: how long it takes until the rules stand, and what they cost a packet; ours
// beside the sequence of iptables calls of kvmd-otgnet.

#include "host/firewall.hpp"
#include "sandbox/namespaces.hpp"
#include "sandbox/traffic.hpp"
#include "sandbox/world.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdio>
#include <vector>

namespace otgnet::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int packets = 200'000;
constexpr std::uint16_t probedPort = 60'001; // the last one of each list

struct Cost {
    double wallMs = 0;
    double cpuMs = 0; ///< of us and our children
};

double cpuMs(int who) {
    rusage usage{};
    getrusage(who, &usage);
    const auto ms = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

Cost measure(const std::function<void()>& call) {
    const auto start = Clock::now();
    const double cpu = cpuMs(RUSAGE_SELF) + cpuMs(RUSAGE_CHILDREN);
    call();
    return {std::chrono::duration<double, std::milli>(Clock::now() - start).count(),
            cpuMs(RUSAGE_SELF) + cpuMs(RUSAGE_CHILDREN) - cpu};
}

/// No two neighbours, so that none can be joined to a range.
std::vector<std::uint16_t> portList(int count) {
    std::vector<std::uint16_t> ports;
    for (int i = 0; i < count; ++i)
        ports.push_back(static_cast<std::uint16_t>(probedPort - 2 * (count - 1 - i)));
    return ports;
}

/// As kvmd/apps/otgnet does it, for UDP ports.
void iptables(const char* verb, const std::vector<std::uint16_t>& ports) {
    const auto rule = [&](std::vector<std::string> words) {
        std::vector<std::string> argv = {"iptables", "--wait=5", verb, "INPUT", "-i", "usb0"};
        argv.insert(argv.end(), words.begin(), words.end());
        run(argv);
    };
    rule({"-m", "state", "--state", "ESTABLISHED,RELATED", "-j", "ACCEPT"});
    rule({"-p", "icmp", "-j", "ACCEPT"});
    for (const std::uint16_t port : ports)
        rule({"-p", "udp", "--dport", std::to_string(port), "-j", "ACCEPT"});
    rule({"-j", "DROP"});
}

FirewallPlan plan(const std::vector<std::uint16_t>& ports) {
    return {*IfName::parse("usb0"), *Cidr4::parse("172.30.30.0/24"), true, {}, ports, {}};
}

/// Nanoseconds from send() in the host's namespace to our socket's queue (or the drop in front of it): a veth delivers
/// within the call. Each packet is the first of a connection of its own, which is the most expensive kind.
double perPacket(const World& world) {
    const Fd server = bindUdp({.address = "0.0.0.0", .port = probedPort});
    Fd client;
    inNetns(world.host(), [&] { client = Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); });
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(probedPort);
    to.sin_addr.s_addr = inet_addr("172.30.30.1");
    const auto start = Clock::now();
    for (int i = 0; i < packets; ++i)
        if (::sendto(client.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 1)
            throw std::runtime_error("cannot send");
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / packets;
}

void print(const char* what, int ports, const Cost& cost, double ns) {
    std::printf("%-12s %6d ports   applied in %9.2f ms (CPU %9.2f ms)   %8.0f ns a packet\n", what, ports, cost.wallMs,
                cost.cpuMs, ns);
}

int bench() {
    World world;
    world.plug();
    run({"ip", "addr", "add", "172.30.30.1/24", "dev", "usb0"});
    run({"ip", "link", "set", "usb0", "up"});
    run({"ip", "addr", "add", "172.30.30.2/24", "dev", "host0"}, {.netns = world.host()});
    print("no rules", 0, {}, perPacket(world));
    NftFirewall firewall([] {});
    for (const int count : {1, 10, 100, 1000, 10000}) {
        const auto ports = portList(count);
        const Cost ours = measure([&] { firewall.put(plan(ports)); });
        print("otgnet", count, ours, perPacket(world));
        firewall.remove();
        if (count > 1000)
            continue; // kvmd's way takes minutes
        const Cost kvmds = measure([&] { iptables("-A", ports); });
        print("kvmd-otgnet", count, kvmds, perPacket(world));
        run({"iptables", "-F", "INPUT"});
    }
    return 0;
}

} // namespace
} // namespace otgnet::sandbox

int main() {
    return otgnet::sandbox::runInside(otgnet::sandbox::bench);
}
