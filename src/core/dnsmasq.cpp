// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dnsmasq.hpp"

#include "core/dhcp.hpp"
#include "core/dhcp_option.hpp"
#include "core/dhcp_payload.hpp"
#include "core/dnsmasq_values.hpp"
#include "core/dnsmasq_words.hpp"
#include "core/duration.hpp"
#include "core/plan.hpp"
#include "core/python.hpp"
#include "core/validators_own.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace otgnet {

namespace {

using Values = std::vector<std::string>;

template<std::size_t N>
bool oneOf(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// About the process, not about the service: whatever they say holds for ours anyway.
bool isHousekeeping(const std::string& name) {
    constexpr std::array<std::string_view, 14> names{
        "pid-file",  "user",     "group",   "bind-interfaces", "bind-dynamic", "keep-in-foreground", "no-daemon",
        "no-resolv", "no-hosts", "no-poll", "no-ping",         "leasefile-ro", "log-async",          "quiet-dhcp"};
    return oneOf(names, name);
}

/// The arguments in which kvmd's own command says what holds for us anyway; with other values they say something else.
bool isAsInKvmd(const DnsmasqOption& option) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> own{
        {{"conf-file", "/dev/null"},
         {"interface", "usb0"}, // that is, {iface}
         {"port", "0"},
         {"dhcp-leasefile", "/run/kvmd/dnsmasq.lease"}}};
    return std::find(own.begin(), own.end(),
                     std::pair<std::string_view, std::string_view>(option.name, option.value)) != own.end();
}

/// Why an argument that says where dnsmasq serves and what it reads and writes has no effect; "" for any other one.
std::string whyIdle(const std::string& name) {
    if (name == "conf-file")
        return "the file is not read: put its settings here, or into otgnet/dhcp";
    if (name == "interface" || name == "except-interface" || name == "listen-address")
        return "the service is for the USB interface and no other one";
    if (name == "dhcp-leasefile")
        return "leases are not written there; otgnetctl leases tells them";
    return name == "dhcp-authoritative" ? "the network manager decides how to answer hosts that it does not know" : "";
}

bool isDns(const std::string& name) {
    constexpr std::array<std::string_view, 14> names{
        "address",     "server",      "local", "addn-hosts",    "resolv-file", "cache-size",   "expand-hosts",
        "log-queries", "host-record", "cname", "domain-needed", "bogus-priv",  "strict-order", "no-negcache"};
    return oneOf(names, name);
}

/// dnsmasq's, for a range that says none.
constexpr std::chrono::hours usualLeaseTime{1};

class Reader {
public:
    Reader(const NetConfig& net, std::vector<std::string>& warnings)
        : net_(net), self_(ownAddress(net.network)), warnings_(warnings) {
        const DhcpPool pool = poolOf(net.network);
        dhcp_.first = pool.first;
        dhcp_.last = pool.last;
        dhcp_.leaseTime = usualLeaseTime;
        dhcp_.router = true; // what dnsmasq does if nobody says otherwise
    }

    void take(const DnsmasqOption& option);
    std::optional<DhcpConfig> finish() const { return hasRange_ ? std::optional(dhcp_) : std::nullopt; }

private:
    Origin origin() const {
        const Argument& word = option_->argument;
        return {word.place.text() + ": " + word.key + ": " + python::repr(word.text)};
    }
    void warn(const std::string& why) { warnings_.push_back(origin().text + ": " + why); }
    void takeRange(const Values& values);
    void setPool(Ipv4 first, Ipv4 last);
    void setRangeTime(const std::string& text);
    void setLeaseTime(const std::string& text);
    void takeOption(const std::string& text);
    void setOption(std::uint8_t number, const std::string& value);
    bool setOwnField(std::uint8_t number, const std::string& value);
    void setRouter(const std::string& value);
    std::vector<Ipv4> addresses(const std::string& value) const;
    void setRoutes(const std::string& value);
    void setRaw(std::uint8_t number, const std::string& value);
    void takeDomain(const Values& values);
    void setDomain(const std::string& name);
    void setBootServer(const std::string& name);
    void setBootFile(const std::string& name);
    static const std::string& plainText(const std::string& text);
    void takeHost(const Values& values);
    void takeBoot(const Values& values);

    const NetConfig& net_;
    Ipv4 self_;
    std::vector<std::string>& warnings_;
    const DnsmasqOption* option_ = nullptr;
    DhcpConfig dhcp_;
    bool hasRange_ = false;
    bool hasTimeOption_ = false; ///< option 51
};

void Reader::take(const DnsmasqOption& option) try {
    option_ = &option;
    if (isHousekeeping(option.name) || isAsInKvmd(option))
        return;
    if (const std::string why = whyIdle(option.name); !why.empty())
        warn(why);
    else if (option.name == "dhcp-range")
        takeRange(cutAtCommas(option.value));
    else if (option.name == "dhcp-option" || option.name == "dhcp-option-force")
        takeOption(option.value);
    else if (option.name == "dhcp-host")
        takeHost(cutAtCommas(option.value));
    else if (option.name == "dhcp-boot")
        takeBoot(cutAtCommas(option.value));
    else if (option.name == "domain")
        takeDomain(cutAtCommas(option.value));
    else if (option.name == "port" || isDns(option.name))
        warn("no DNS service is offered here");
    else if (option.name == "enable-tftp" || option.name.starts_with("tftp-"))
        warn("no TFTP service is offered here");
    else
        warn("not supported");
} catch (const Error& error) {
    warn(error.what());
}

void Reader::takeRange(const Values& values) {
    const bool another = std::exchange(hasRange_, true);
    if (values.size() > 1 && values[1] == "static")
        refuse("a range of static leases only is not supported; any host gets an address from " + dhcp_.first.text() +
               " to " + dhcp_.last.text());
    const DnsmasqRange range = parseRange(values, net_.network);
    setPool(range.first, range.last);
    dhcp_.origins.pool = origin();
    if (another)
        warn("there can be one range only: this one, instead of those before it");
    for (const std::string& word : range.leftOver)
        warn(python::repr(word) + " is left out; nothing can follow the lease time");
    setRangeTime(range.time);
}

/// Of a range that says no time it is not the one of another range.
void Reader::setRangeTime(const std::string& text) {
    if (!hasTimeOption_) {
        dhcp_.leaseTime = usualLeaseTime;
        dhcp_.origins.leaseTime = {};
    }
    if (!text.empty())
        setLeaseTime(text);
}

void Reader::setPool(Ipv4 first, Ipv4 last) {
    const DhcpPool whole = poolOf(net_.network);
    if (first == self_)
        first = whole.first;
    if (last < first)
        refuse("an empty range");
    if (first < whole.first || last > whole.last)
        refuse("not within " + whole.first.text() + " to " + whole.last.text() + ", what " + net_.network.text() +
               " has to give");
    dhcp_.first = first;
    dhcp_.last = last;
}

void Reader::setLeaseTime(const std::string& text) {
    constexpr std::chrono::hours year{24 * 365};
    const auto time = text == "infinite" ? std::optional<std::chrono::seconds>(year) : parseDuration(text);
    if (!time || *time < std::chrono::seconds(1))
        refuse("the lease time " + python::repr(text) + " is not understood");
    dhcp_.leaseTime = std::min<std::chrono::seconds>(*time, year);
    dhcp_.origins.leaseTime = origin();
    if (text == "infinite" || *time > year)
        warn("leases end after a year");
}

/// number or name[,value[,value…]]
void Reader::takeOption(const std::string& text) {
    const std::string name = cutAtCommas(text).front();
    const auto number = dhcpOptionNumber(name);
    if (name.starts_with("option6:"))
        refuse("IPv6 is closed on this link");
    if (!number && name.find(':') != std::string::npos)
        refuse("tags, vendor classes and encapsulated options are not supported");
    if (!number)
        refuse("there is no DHCP option " + python::repr(name));
    const std::size_t comma = text.find(',');
    setOption(*number, comma == std::string::npos ? "" : text.substr(comma + 1));
}

void Reader::setOption(std::uint8_t number, const std::string& value) {
    if (setOwnField(number, value))
        return;
    if (isServersOwn(number))
        refuse("option " + std::to_string(number) + " is the server's own, or breaks a network manager");
    setRaw(number, value);
}

/// Options that DhcpConfig has a field for. An option without a value is one that is not sent.
bool Reader::setOwnField(std::uint8_t number, const std::string& value) {
    switch (number) {
    case 3:
        setRouter(value);
        return true;
    case 6:
        dhcp_.dns = addresses(value);
        dhcp_.origins.dns = origin();
        return true;
    case 15:
        setDomain(value);
        return true;
    case 42:
        dhcp_.ntp = addresses(value);
        dhcp_.origins.ntp = origin();
        return true;
    case 51:
        setLeaseTime(value);
        hasTimeOption_ = true;
        return true;
    case 66:
        setBootServer(value);
        return true;
    case 67:
        setBootFile(value);
        return true;
    case 121:
        setRoutes(value);
        return true;
    default:
        return false;
    }
}

void Reader::setRouter(const std::string& value) {
    const std::vector<Ipv4> routers = addresses(value);
    dhcp_.router = !routers.empty() && routers.front() == self_;
    dhcp_.routerAddress = routers.empty() || dhcp_.router ? std::nullopt : std::optional(routers.front());
    if (routers.size() > 1)
        warn("only the first router is announced");
}

std::vector<Ipv4> Reader::addresses(const std::string& value) const {
    std::vector<Ipv4> list;
    for (const std::string& text : value.empty() ? Values{} : cutAtCommas(value)) {
        const auto address = Ipv4::parse(text);
        if (!address)
            refuse(python::repr(text) + " is not an IPv4 address");
        list.push_back(address->value == 0 ? self_ : *address);
    }
    return list;
}

void Reader::setRoutes(const std::string& value) {
    constexpr std::uint8_t classlessRoutes = 121;
    auto routes = parseRoutePayload(dhcpPayload(classlessRoutes, value, self_));
    if (!routes)
        refuse("not a list of networks, each with the address of its gateway");
    dhcp_.routes = std::move(*routes);
    dhcp_.origins.routes = origin();
}

void Reader::setRaw(std::uint8_t number, const std::string& value) {
    std::vector<std::uint8_t> payload = dhcpPayload(number, value, self_);
    auto& options = dhcp_.options;
    std::erase_if(options, [=](const RawOption& option) { return option.number == number; });
    if (payload.empty())
        return;
    const auto after =
        std::find_if(options.begin(), options.end(), [=](const RawOption& o) { return o.number > number; });
    options.insert(after, RawOption{number, std::move(payload), origin()});
}

void Reader::takeDomain(const Values& values) {
    if (!isDomainFor({values.begin() + 1, values.end()}, net_.network))
        refuse("a domain for another subnet is not supported");
    setDomain(values.front());
}

void Reader::setDomain(const std::string& name) {
    if (!name.empty() && !valid::isHostName(name))
        refuse(python::repr(name) + " is not a domain name");
    dhcp_.domain = name;
    dhcp_.origins.domain = origin();
}

void Reader::setBootServer(const std::string& name) {
    dhcp_.bootServer = plainText(name);
    dhcp_.origins.bootServer = origin();
}

void Reader::setBootFile(const std::string& name) {
    dhcp_.bootFile = plainText(name);
    dhcp_.origins.bootFile = origin();
}

const std::string& Reader::plainText(const std::string& text) {
    constexpr std::size_t longest = 127;
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!printable || text.size() > longest || text.find_first_of("\"'\\%") != std::string::npos)
        refuse("not a plain name of at most 127 characters");
    return text;
}

void Reader::takeHost(const Values& values) {
    DnsmasqHost host = parseHost(values);
    host.lease.origin = origin();
    const Ipv4 address = host.lease.address;
    const DhcpPool pool = poolOf(net_.network);
    if (address < pool.first || address > pool.last)
        refuse(address.text() + " is not an address for hosts of " + net_.network.text());
    std::erase_if(dhcp_.hosts, [&](const StaticLease& h) { return h.mac == host.lease.mac || h.address == address; });
    dhcp_.hosts.push_back(std::move(host.lease));
    for (const std::string& part : host.leftOut)
        warn(python::repr(part) + " is left out; a static lease is a MAC, an address and perhaps a name");
}

/// file[,server name[,server address]]
void Reader::takeBoot(const Values& values) {
    if (values.front().find(':') != std::string::npos)
        refuse("tags are not supported");
    setBootFile(values.front());
    const std::string server = values.size() > 2 ? values[2] : values.size() > 1 ? values[1] : "";
    setBootServer(server == "0.0.0.0" ? self_.text() : server);
}

} // namespace

std::optional<DhcpConfig> readDnsmasq(const Command& command, const NetConfig& net,
                                      std::vector<std::string>& warnings) {
    Reader reader(net, warnings);
    for (const DnsmasqOption& option : dnsmasqOptions(command))
        reader.take(option);
    return reader.finish();
}

} // namespace otgnet
