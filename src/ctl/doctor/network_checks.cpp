// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/checks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace otgnet::ctl {

namespace {

std::optional<Route> parseNetwork(const std::string& text) {
    const auto slash = text.find('/');
    in_addr address{};
    unsigned length = 0;
    if (slash == std::string::npos || inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1)
        return std::nullopt;
    const char* const end = text.data() + text.size();
    if (std::from_chars(text.data() + slash + 1, end, length).ptr != end || length > 32)
        return std::nullopt;
    const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
    return Route{"", ntohl(address.s_addr) & mask, mask};
}

/// What may be free where ours is not: one in each range that is nobody's on the Internet.
constexpr std::array candidates{defaultNetwork,    "172.30.31.0/24",  "192.168.130.0/24",
                                "10.130.130.0/24", "100.100.30.0/24", "198.18.30.0/24"};

bool overlap(const Route& a, const Route& b) {
    const std::uint32_t common = a.mask & b.mask;
    return (a.network & common) == (b.network & common);
}

/// The route of another interface that `ours` overlaps with, or null.
const Route* overlapping(const Machine& machine, const Route& ours, const std::string& interface) {
    const auto taken = std::find_if(machine.routes.begin(), machine.routes.end(), [&](const Route& route) {
        return route.ifname != interface && overlap(route, ours);
    });
    return taken == machine.routes.end() ? nullptr : &*taken;
}

std::string freeNetwork(const Machine& machine, const std::string& interface) {
    const auto* const free = std::find_if(candidates.begin(), candidates.end(), [&](const char* candidate) {
        return overlapping(machine, *parseNetwork(candidate), interface) == nullptr;
    });
    return free == candidates.end() ? "NETWORK, with one that is free" : *free;
}

std::string interfaceOf(const ServiceView& service) {
    return service.snapshot.interface.empty() ? "usb0" : service.snapshot.interface;
}

bool isFirewalld(const ForeignTable& table) {
    return table.name == "inet firewalld";
}

Finding inputFinding(const ForeignTable& table, const std::string& interface) {
    const std::string cure =
        isFirewalld(table)
            ? "firewall-cmd --permanent --zone=trusted --add-interface=" + interface + " && firewall-cmd --reload"
            : "let its input chain accept what comes from " + interface + ": otgnet filters that itself";
    return {Level::problem, "firewall", "the table " + table.name + " drops what otgnet opens to the host, DHCP too",
            cure};
}

Finding forwardFinding(const ForeignTable& table, const std::string& interface, const std::string& uplink) {
    const std::string rule = "iptables -I DOCKER-USER -i " + interface + " -o " + uplink +
                             " -j ACCEPT; iptables -I DOCKER-USER -i " + uplink + " -o " + interface +
                             " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
    return {Level::problem, "firewall",
            "the table " + table.name + " drops what otgnet forwards from " + interface + " to " + uplink,
            table.name == "ip filter"
                ? "with Docker: " + rule
                : "let its forward chain accept " + interface + " to " + uplink + " and the replies"};
}

} // namespace

void checkNetwork(const Machine& machine, const ServiceView& service, Findings& out) {
    const std::string text = service.settings.value("otgnet/iface/net", std::string());
    const auto ours = parseNetwork(text);
    if (!ours)
        return;
    const std::string interface = interfaceOf(service);
    const Route* const taken = overlapping(machine, *ours, interface);
    if (taken == nullptr)
        out.push_back({Level::fine, "network", text + " is ours alone", ""});
    else
        out.push_back({Level::problem, "network", text + " overlaps a network on " + taken->ifname,
                       "otgnetctl set --persist otgnet/iface/net=" + freeNetwork(machine, interface)});
}

void checkFirewalls(const Machine& machine, const ServiceView& service, Findings& out) {
    if (!machine.firewalls) {
        out.push_back({Level::note, "firewall", "the rules of other firewalls were not seen",
                       "as root, with the package nftables: otgnetctl doctor"});
        return;
    }
    const std::size_t before = out.size();
    const std::string interface = interfaceOf(service);
    const std::string uplink = service.settings.value("otgnet/firewall/forward_iface", std::string());
    for (const auto& table : *machine.firewalls) {
        if (table.namesInterface)
            continue;
        if (table.closesInput)
            out.push_back(inputFinding(table, interface));
        if (table.closesForward && !uplink.empty())
            out.push_back(forwardFinding(table, interface, uplink));
    }
    if (out.size() == before)
        out.push_back({Level::fine, "firewall", "no other one is in the way", ""});
}

} // namespace otgnet::ctl
