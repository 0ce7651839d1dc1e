// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dhcp.hpp"

#include "core/dnsmasq.hpp"
#include "core/dnsmasq_words.hpp"
#include "core/duration.hpp"
#include "core/placeholder.hpp"
#include "core/plan.hpp"
#include "core/python.hpp"
#include "core/schema.hpp"

#include <algorithm>
#include <array>

namespace otgnet {

namespace {

constexpr const char* section = "otgnet/dhcp/";

const Value& setting(const Settings& settings, const std::string& name) {
    return settings.at(std::string(section) + name);
}

bool isSet(const Settings& settings, const std::string& name) {
    return setting(settings, name).place.file != "default";
}

Origin originOf(const Settings& settings, const std::string& key) {
    return {settings.at(key).place.text() + ": " + key};
}

std::string word(const Value& value, const std::string& member) {
    return std::get<std::string>(std::get<Value::Map>(value.data).at(member).data);
}

[[noreturn]] void fail(const std::string& name, const Value& value, const std::string& why) {
    const std::string key = section + name;
    throw ConfigError(key, value.place,
                      "Invalid value " + python::repr(value) + " for key " + python::repr(key) + ": " + why);
}

std::vector<Ipv4> addresses(const Value& value) {
    std::vector<Ipv4> list;
    for (const Value& item : std::get<Value::List>(value.data))
        list.push_back(*Ipv4::parse(std::get<std::string>(item.data)));
    return list;
}

bool isAuto(const Value& value) {
    const auto* text = std::get_if<std::string>(&value.data);
    const auto* list = std::get_if<Value::List>(&value.data);
    return (text != nullptr && *text == "auto") ||
           (list != nullptr && list->size() == 1 && python::str(list->front()) == "auto");
}

void setDns(DhcpConfig& dhcp, const Value& value) {
    dhcp.dnsFromUplink = isAuto(value);
    dhcp.dns = dhcp.dnsFromUplink ? std::vector<Ipv4>{} : addresses(value);
}

void setRouter(DhcpConfig& dhcp, const Value& value, bool forward) {
    dhcp.router = isAuto(value) ? forward : std::get<bool>(value.data);
    dhcp.routerAddress.reset();
}

void setHosts(DhcpConfig& dhcp, const Value& value, const NetConfig& net) {
    const DhcpPool pool = poolOf(net.network);
    dhcp.hosts.clear();
    for (const Value& item : std::get<Value::List>(value.data)) {
        const Ipv4 address = *Ipv4::parse(word(item, "address"));
        if (address < pool.first || address > pool.last)
            fail("hosts", item, address.text() + " is not an address for hosts of " + net.network.text());
        const Origin origin{item.place.text() + ": " + section + "hosts"};
        dhcp.hosts.push_back({*MacAddress::parse(word(item, "mac")), address, word(item, "name"), origin});
    }
}

void setRoutes(DhcpConfig& dhcp, const Value& value, const NetConfig& net) {
    dhcp.routes.clear();
    for (const Value& item : std::get<Value::List>(value.data)) {
        const Ipv4 via = *Ipv4::parse(word(item, "via"));
        if (!net.network.contains(via))
            fail("routes", item, via.text() + " is not in " + net.network.text() + ", so the host cannot reach it");
        dhcp.routes.push_back({*Cidr4::parse(word(item, "to")), via});
    }
}

void applyOwnKeys(DhcpConfig& dhcp, const Settings& settings, const NetConfig& net) {
    const auto isGiven = [&](const std::string& name, Origin& origin) {
        if (isSet(settings, name))
            origin = originOf(settings, section + name);
        return isSet(settings, name);
    };
    if (isGiven("dns", dhcp.origins.dns))
        setDns(dhcp, setting(settings, "dns"));
    if (isGiven("ntp", dhcp.origins.ntp))
        dhcp.ntp = addresses(setting(settings, "ntp"));
    if (isGiven("domain", dhcp.origins.domain))
        dhcp.domain = std::get<std::string>(setting(settings, "domain").data);
    if (isGiven("lease_time", dhcp.origins.leaseTime))
        dhcp.leaseTime = *parseDuration(std::get<std::string>(setting(settings, "lease_time").data));
    if (isSet(settings, "router"))
        setRouter(dhcp, setting(settings, "router"), net.forwardInterface.has_value());
    if (isSet(settings, "hosts"))
        setHosts(dhcp, setting(settings, "hosts"), net);
    if (isGiven("routes", dhcp.origins.routes))
        setRoutes(dhcp, setting(settings, "routes"), net);
}

/// Whose doing it is that an argument of kvmd's own command is not there.
std::string whoLeftOut(const Settings& settings) {
    const std::string key = "otgnet/commands/post_start_cmd";
    const bool byRemove = python::truth(settings.at(key + "_remove"));
    return originOf(settings, byRemove ? key + "_remove" : key).text;
}

/// dnsmasq answers DNS queries unless it is told not to.
void warnOfDns(const Settings& settings, const Command& command, std::vector<std::string>& warnings) {
    const std::vector<DnsmasqOption> options = dnsmasqOptions(command);
    if (std::none_of(options.begin(), options.end(), [](const DnsmasqOption& o) { return o.name == "port"; }))
        warnings.push_back(whoLeftOut(settings) + ": without --port=0: no DNS service is offered here");
}

Command filled(const Command& command, const NetConfig& net, std::vector<std::string>& warnings) {
    const Placeholders values = placeholdersFor(net.network, "usb0", net.forwardInterface.has_value());
    Command words;
    for (const Argument& word : command) {
        try {
            words.push_back({fillPlaceholders(word.text, values), word.key, word.place});
        } catch (const Error& error) {
            warnings.push_back(word.place.text() + ": " + word.key + ": " + error.what() + ": left out");
        }
    }
    return words;
}

/// What an option takes in the message.
struct Share {
    std::size_t bytes;
    const Origin* origin;
};

std::array<Share, 5> shares(const DhcpConfig& dhcp) {
    constexpr std::size_t address = 4;
    constexpr std::size_t route = 9;
    const DhcpOrigins& origins = dhcp.origins;
    return {{{dhcp.routes.size() * route, &origins.routes},
             {dhcp.dns.size() * address, &origins.dns},
             {dhcp.ntp.size() * address, &origins.ntp},
             {dhcp.domain.size(), &origins.domain},
             {dhcp.bootServer.size(), &origins.bootServer}}};
}

/// What the options take in the message beside those that every answer has.
std::size_t roomFor(const DhcpConfig& dhcp) {
    constexpr std::size_t header = 2;
    std::size_t bytes = 6 * header;
    for (const Share& share : shares(dhcp))
        bytes += share.bytes;
    for (const RawOption& option : dhcp.options)
        bytes += option.payload.size() + header;
    return bytes;
}

const Origin& largest(const DhcpConfig& dhcp) {
    const auto all = shares(dhcp);
    return *std::max_element(all.begin(), all.end(), [](Share a, Share b) { return a.bytes < b.bytes; })->origin;
}

/// A host need not take more than 312 bytes of options, and a manager that has more to say says nothing at all.
void makeItFit(DhcpConfig& dhcp, std::vector<std::string>& warnings) {
    constexpr std::size_t room = 240;
    for (; roomFor(dhcp) > room && !dhcp.options.empty(); dhcp.options.pop_back())
        warnings.push_back(dhcp.options.back().origin.text + ": no room for it in a DHCP message");
    if (roomFor(dhcp) > room)
        warnings.push_back(largest(dhcp).text +
                           ": more DHCP options than fit into a message; the host may get nothing");
}

} // namespace

DhcpPool poolOf(const Cidr4& network) {
    constexpr std::uint8_t pointToPoint = 31;
    if (network.prefix >= pointToPoint)
        return {network.last(), network.last()};
    return {{network.network.value + 2}, {network.last().value - 1}};
}

std::optional<DhcpConfig> buildDhcp(const Settings& settings, const NetConfig& net, const Command& command,
                                    std::vector<std::string>& warnings) {
    const Command words = filled(command, net, warnings);
    std::optional<DhcpConfig> dhcp = readDnsmasq(words, net, warnings);
    warnOfDns(settings, words, warnings);
    if (!dhcp) {
        warnings.push_back(whoLeftOut(settings) + ": without --dhcp-range there is no DHCP service");
        return dhcp;
    }
    dhcp->origins.network = originOf(settings, "otgnet/iface/net");
    applyOwnKeys(*dhcp, settings, net);
    makeItFit(*dhcp, warnings);
    return dhcp;
}

void warnOfIdleDhcpKeys(const Settings& settings, std::vector<std::string>& warnings) {
    for (const Key& key : allKeys())
        if (key.group == KeyGroup::dhcp && settings.at(key.path).place.file != "default")
            warnings.push_back(settings.at(key.path).place.text() + ": " + key.path +
                               ": no effect, post_start_cmd is not the DHCP service");
}

} // namespace otgnet
