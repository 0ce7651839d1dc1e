// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dnsmasq_values.hpp"

#include "core/dhcp.hpp"
#include "core/duration.hpp"
#include "core/python.hpp"
#include "core/validators_own.hpp"

namespace otgnet {

namespace {

bool isLeaseTime(const std::string& word) {
    return word == "infinite" || parseDuration(word);
}

bool takeHostPart(StaticLease& host, const std::string& part) {
    if (const auto mac = MacAddress::parse(part); mac && !mac->isMulticast() && host.mac.isZero())
        host.mac = *mac;
    else if (const auto address = Ipv4::parse(part); address && host.address.value == 0)
        host.address = *address;
    else if (!address && !isLeaseTime(part) && valid::isHostName(part) && host.name.empty())
        host.name = part;
    else
        return false;
    return true;
}

/// "10.0.0.1/24": of a subnet any address will do.
std::optional<Cidr4> parseSubnet(const std::string& word) {
    const std::size_t slash = word.find('/');
    if (slash == std::string::npos)
        return std::nullopt;
    const auto address = Ipv4::parse(std::string_view(word).substr(0, slash));
    const auto length = Cidr4::parse("0.0.0.0" + word.substr(slash));
    return address && length ? std::optional(Cidr4::of(*address, length->prefix)) : std::nullopt;
}

} // namespace

DnsmasqRange parseRange(std::vector<std::string> words, const Cidr4& network) {
    if (words.front().find(':') != std::string::npos)
        refuse("tags, interfaces and IPv6 are not supported");
    const auto first = Ipv4::parse(words.front());
    const auto last = words.size() > 1 ? Ipv4::parse(words[1]) : std::nullopt;
    if (!first || !last)
        refuse("not a range of two IPv4 addresses");
    words.erase(words.begin(), words.begin() + 2);
    if (!words.empty() && Ipv4::parse(words.front())) {
        if (Ipv4::parse(words.front()) != network.mask())
            refuse("another netmask than that of otgnet/iface/net");
        words.erase(words.begin());
    }
    if (!words.empty() && Ipv4::parse(words.front())) // the broadcast address
        words.erase(words.begin());
    DnsmasqRange range{*first, *last, {}, {}};
    if (!words.empty()) {
        range.time = words.front();
        range.leftOver.assign(words.begin() + 1, words.end());
    }
    return range;
}

DnsmasqHost parseHost(const std::vector<std::string>& words) {
    DnsmasqHost host;
    for (const std::string& part : words) {
        if (part == "ignore" || part.starts_with("tag:")) // without this one it would be another lease
            refuse(python::repr(part) + " is not supported; a static lease is a MAC, an address and perhaps a name");
        if (!takeHostPart(host.lease, part))
            host.leftOut.push_back(part);
    }
    if (host.lease.mac.isZero() || host.lease.address.value == 0)
        refuse("a static lease needs a MAC and an address");
    return host;
}

bool isDomainFor(const std::vector<std::string>& words, const Cidr4& network) {
    if (words.empty() || words.front() == "local" || words.front() == "usb0") // that is, {iface}
        return true;
    if (const auto subnet = parseSubnet(words.front()))
        return subnet->prefix <= network.prefix && subnet->contains(network.network);
    const auto first = Ipv4::parse(words.front());
    const auto last = words.size() > 1 ? Ipv4::parse(words[1]) : first;
    const DhcpPool pool = poolOf(network);
    return first && last && *first <= pool.first && pool.last <= *last;
}

} // namespace otgnet
