// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

// How the table is meant, where a rule does not say it by itself:
// - A drop in any table is final and an accept ends only its own table: what other programs open or close stays theirs,
//   but nobody can open usb0 again behind us. Being early (filter - 10) only makes the counters count everything.
// - Interfaces are matched by name, so that the table can stand before usb0 exists and outlives its re-creation.
// - "Established" is taken in the reply direction only: answers to what we have begun. What the host begins has to
// match
//   the open ports with every packet, so a port that is closed is closed for running connections, too; and a connection
//   that a conntrack helper expects is begun by the other side, so no helper can be talked into opening anything.
// - A port is open on every address of this machine, as with kvmd: a name of ours may well resolve to another one.
//   Broadcast and multicast count as any destination: dropped unless their port is open.
// - ICMP redirects are no business of a host that is no router.
// - A host without an address asks for one as 0.0.0.0; any other source that is not of our network is spoofed.
// - ARP does not come by here and is left alone.

#include "core/ruleset.hpp"

#include <algorithm>

namespace otgnet {

namespace {

std::string quoted(const IfName& name) {
    return '"' + name.text() + '"';
}

/// Sorted, without duplicates, neighbours joined to ranges: all 65535 ports are one element.
std::string portRanges(std::vector<std::uint16_t> ports) {
    std::sort(ports.begin(), ports.end());
    std::string text;
    for (auto first = ports.begin(); first != ports.end();) {
        const auto gap = std::adjacent_find(first, ports.end(), [](int a, int b) { return b > a + 1; });
        const auto last = gap == ports.end() ? ports.end() - 1 : gap;
        text += (text.empty() ? "" : ", ") + std::to_string(*first);
        text += *last == *first ? "" : '-' + std::to_string(*last);
        first = last + 1;
    }
    return text;
}

std::string portSet(const std::string& name, const std::vector<std::uint16_t>& ports) {
    const std::string ranges = portRanges(ports);
    return "\tset " + name + " {\n\t\ttype inet_service; flags interval;\n" +
           (ranges.empty() ? "" : "\t\telements = { " + ranges + " }\n") + "\t}\n";
}

std::string chain(const std::string& name, const std::string& hook, const std::string& rules) {
    return "\tchain " + name + " {\n\t\t" + hook + "; policy accept;\n" + rules + "\t}\n";
}

std::string rule(const std::string& text) {
    return "\t\t" + text + '\n';
}

std::string inputRules(const FirewallPlan& plan) {
    return rule("iifname != " + quoted(plan.ifname) + " accept") + rule("meta nfproto ipv6 counter drop") +
           rule("ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept") +
           rule("ip saddr != " + plan.network.text() + " counter drop") +
           rule("ct direction reply ct state established,related accept") + rule("udp dport 67 accept") +
           (plan.allowIcmp ? rule("icmp type != redirect accept") : "") + rule("tcp dport @tcp_in accept") +
           rule("udp dport @udp_in accept") + rule("counter drop");
}

std::string forwardRules(const FirewallPlan& plan) {
    const std::string ours = quoted(plan.ifname);
    const std::string net = plan.network.text();
    std::string rules;
    if (plan.forwardInterface) {
        const std::string uplink = quoted(*plan.forwardInterface);
        rules += rule("iifname " + ours + " oifname " + uplink + " ip saddr " + net + " accept") +
                 rule("iifname " + uplink + " oifname " + ours + " ip daddr " + net +
                      " ct direction reply ct state established,related accept");
    }
    return rules + rule("iifname " + ours + " counter drop") + rule("oifname " + ours + " counter drop");
}

std::string outputRules(const FirewallPlan& plan) {
    return rule("oifname " + quoted(plan.ifname) + " meta nfproto ipv6 counter drop");
}

std::string masqueradeChain(const FirewallPlan& plan) {
    if (!plan.forwardInterface)
        return {};
    return chain("postrouting", "type nat hook postrouting priority srcnat - 10",
                 rule("iifname " + quoted(plan.ifname) + " oifname " + quoted(*plan.forwardInterface) + " ip saddr " +
                      plan.network.text() + " masquerade"));
}

} // namespace

std::string ruleset(const FirewallPlan& plan) {
    return rulesetRemoval() + "table inet otgnet {\n" + portSet("tcp_in", plan.allowTcp) +
           portSet("udp_in", plan.allowUdp) +
           chain("input", "type filter hook input priority filter - 10", inputRules(plan)) +
           chain("forward", "type filter hook forward priority filter - 10", forwardRules(plan)) +
           chain("output", "type filter hook output priority filter - 10", outputRules(plan)) + masqueradeChain(plan) +
           "}\n";
}

std::string rulesetRemoval() {
    // "destroy table" would need nft 1.0.7 and Linux 6.3; to add what is there already changes nothing
    return "add table inet otgnet\ndelete table inet otgnet\n";
}

} // namespace otgnet
