// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/dnsmasq_conf.hpp"

#include "core/dhcp_option.hpp"
#include "core/dhcp_payload.hpp"
#include "host/nm/search_list.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace otgnet::nm {

namespace {

constexpr std::uint8_t optionRouter = 3;
constexpr std::uint8_t optionDns = 6;
constexpr std::uint8_t optionDomain = 15;
constexpr std::uint8_t optionNtp = 42;
constexpr std::uint8_t optionBootServer = 66;
constexpr std::uint8_t optionSearch = 119;
constexpr std::uint8_t optionRoutes = 121;
constexpr std::uint8_t optionRoutesMicrosoft = 249;
constexpr std::size_t longestOption = 255;
constexpr std::size_t longestLine = 1023;    // dnsmasq takes the rest for another line
constexpr std::size_t longestBootFile = 127; // the field of a BOOTP header holds 128

/// Those that dnsmasq takes as a list of addresses only, and those that it takes as text only (2.90 and 2.91, tried
/// with each number); any other takes hexadecimal bytes.
constexpr std::array<std::uint8_t, 25> addressOptions{1,  3,  6,  7,  9,  16, 21, 28, 32, 33, 41, 42, 44,
                                                      45, 48, 49, 50, 54, 65, 68, 69, 70, 71, 74, 150};
constexpr std::array<std::uint8_t, 10> textOptions{12, 15, 17, 18, 40, 64, 66, 67, 100, 101};

template<class Range, class Value>
bool has(const Range& range, const Value& value) {
    return std::find(range.begin(), range.end(), value) != range.end();
}

bool isAlnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

using Bytes = std::vector<std::uint8_t>;

Bytes bytesOf(std::string_view text) {
    return {text.begin(), text.end()};
}

/// "65:66:0c": no byte of it has a meaning to a parser. One byte alone is not taken for hexadecimal.
std::string hex(const Bytes& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (bytes.size() == 1)
        return std::to_string(bytes.front()) + 'b';
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += text.empty() ? "" : ":";
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::vector<Ipv4> addressesOf(const Bytes& bytes) {
    std::vector<Ipv4> addresses(bytes.size() / 4);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        addresses[i / 4].value = addresses[i / 4].value << 8 | bytes[i];
    return addresses;
}

/// Which addresses NetworkManager hands out where it is not told (its nm_dnsmasq_utils_get_range(), for an address that
/// is the first one of the network).
std::pair<Ipv4, Ipv4> poolOfManager(const LinkPlan& plan) {
    constexpr std::uint32_t slash24 = 255;
    const std::uint32_t own = plan.address.value;
    const std::uint32_t last = std::min(plan.network.last().value, own | slash24) - 1;
    return {{own + 1 + std::min<std::uint32_t>(8, (last - own) / 10)}, {last}};
}

/// A name that dnsmasq takes for nothing else (a lease time, a keyword) in a dhcp-host line.
bool isHostLabel(const std::string& name) {
    constexpr std::size_t longest = 63;
    const auto fits = [](char c) { return isAlnum(c) || c == '-'; };
    const bool letterFirst = !name.empty() && isAlnum(name.front()) && name.front() > '9';
    return letterFirst && name.size() <= longest && name.back() != '-' && name != "ignore" && name != "infinite" &&
           std::all_of(name.begin(), name.end(), fits);
}

/// Text between double quotes: printable ASCII without what a quote, an escape or a comment is made of.
bool isQuotable(const std::string& text) {
    const auto fits = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '#'; };
    return std::all_of(text.begin(), text.end(), fits);
}

class Renderer {
public:
    Renderer(const LinkPlan& plan, const DnsmasqFacts& facts)
        : dhcp_(*plan.dhcp), facts_(facts), tag_("tag:" + plan.ifname.text()), own_(plan.address),
          managersPool_(poolOfManager(plan)) {}

    DnsmasqConf render() && {
        conf_.text = "# Written by otgnetd for its interface alone, removed when the USB network goes down.\n";
        pool();
        routerAndDns();
        services();
        boot();
        std::for_each(dhcp_.hosts.begin(), dhcp_.hosts.end(), [this](const auto& host) { reserve(host); });
        std::for_each(dhcp_.options.begin(), dhcp_.options.end(), [this](const auto& option) { raw(option); });
        return std::move(conf_);
    }

private:
    void line(const std::string& text) { conf_.text += text + '\n'; }
    void warn(const Origin& who, const std::string& why) { conf_.warnings.push_back(who.text + ": " + why); }

    /// A pool with a tag comes before NetworkManager's own, which has none. Its lease time does not count where the
    /// two overlap: that takes a word for every hardware address.
    void pool() {
        const auto time = clampLeaseTime(dhcp_.leaseTime);
        if (time != dhcp_.leaseTime)
            warn(dhcp_.origins.leaseTime, "NetworkManager takes lease times of 2 minutes to 1 year; " +
                                              std::to_string(time.count()) + " s are used");
        if (facts_.poolInProfile)
            return;
        leaseTime_ = ',' + std::to_string(time.count());
        line("dhcp-range=" + tag_ + ',' + dhcp_.first.text() + ',' + dhcp_.last.text() + leaseTime_);
        line("dhcp-host=*:*:*:*:*:*," + tag_ + leaseTime_);
        const auto& [first, last] = managersPool_;
        if (first < dhcp_.first || last > dhcp_.last)
            warn(dhcp_.origins.pool, "NetworkManager before 1.52 also gives " + first.text() + " to " + last.text() +
                                         ", to who asks for them or finds none left in the range");
    }

    /// dnsmasq announces itself as both unless it is told otherwise; an option without a value is not sent.
    void routerAndDns() {
        const Ipv4 router = dhcp_.routerAddress.value_or(own_);
        line(option(optionRouter) + (dhcp_.router || dhcp_.routerAddress ? ',' + router.text() : ""));
        addresses(dhcp_.origins.dns, option(optionDns), facts_.dns);
    }

    void services() {
        if (!dhcp_.ntp.empty())
            addresses(dhcp_.origins.ntp, option(optionNtp), dhcp_.ntp);
        if (!dhcp_.domain.empty())
            bytes(dhcp_.origins.domain, optionDomain, bytesOf(dhcp_.domain));
        if (!dhcp_.routes.empty()) {
            bytes(dhcp_.origins.routes, optionRoutes, routePayload(dhcp_.routes));
            if (!hasRaw(optionRoutesMicrosoft))
                bytes(dhcp_.origins.routes, optionRoutesMicrosoft, routePayload(dhcp_.routes));
        }
    }

    bool hasRaw(std::uint8_t number) const {
        return std::any_of(dhcp_.options.begin(), dhcp_.options.end(),
                           [=](const RawOption& option) { return option.number == number; });
    }

    void boot() {
        const auto server = Ipv4::parse(dhcp_.bootServer);
        if (!dhcp_.bootServer.empty() && !server)
            bytes(dhcp_.origins.bootServer, optionBootServer, bytesOf(dhcp_.bootServer));
        if (!isQuotable(dhcp_.bootFile) || dhcp_.bootFile.size() > longestBootFile)
            return warn(
                dhcp_.origins.bootFile,
                "the name of the boot file cannot be written into dnsmasq's configuration; it is not announced");
        if (!dhcp_.bootFile.empty() || server)
            line("dhcp-boot=" + tag_ + ",\"" + dhcp_.bootFile + "\",," + (server ? server->text() : ""));
    }

    void reserve(const StaticLease& host) {
        const std::string who = host.mac.text() + ' ' + host.address.text() + ": ";
        if (!reserved_.insert(host.address).second || facts_.reservedElsewhere(host.address))
            return warn(host.origin,
                        who + "the address is reserved twice, also counting the other files of dnsmasq-shared.d");
        const bool named = isHostLabel(host.name);
        if (!named && !host.name.empty())
            warn(host.origin, who + "the name is none that dnsmasq takes; the address is reserved without it");
        line("dhcp-host=" + host.mac.text() + ',' + tag_ + ',' + host.address.text() + (named ? ',' + host.name : "") +
             leaseTime_);
    }

    void raw(const RawOption& raw) {
        if (isServersOwn(raw.number))
            return warn(raw.origin, "DHCP option " + std::to_string(raw.number) + " is dnsmasq's own");
        if (!has(addressOptions, raw.number))
            return bytes(raw.origin, raw.number, raw.payload);
        if (raw.payload.empty() || raw.payload.size() % 4 != 0 || raw.payload.size() > longestOption)
            return warn(raw.origin, "dnsmasq takes nothing but addresses for it; it is not sent");
        addresses(raw.origin, forced(raw.number), addressesOf(raw.payload));
    }

    /// As many as dnsmasq takes; those that come first are the better ones.
    void addresses(const Origin& origin, std::string text, const std::vector<Ipv4>& all) {
        std::size_t taken = 0;
        for (; taken < all.size() && taken < longestOption / 4; ++taken) {
            const std::string next = ',' + all[taken].text();
            if (text.size() + next.size() > longestLine)
                break;
            text += next;
        }
        if (taken < all.size())
            warn(origin, "dnsmasq takes the first " + std::to_string(taken) + " of " + std::to_string(all.size()) +
                             " addresses");
        line(text);
    }

    void bytes(const Origin& origin, std::uint8_t number, const Bytes& payload) {
        if (payload.empty() || payload.size() > longestOption)
            return warn(origin, "an option has 1 to 255 bytes, this one has " + std::to_string(payload.size()) +
                                    "; it is not sent");
        if (number == optionSearch)
            return search(origin, payload);
        const std::string text(payload.begin(), payload.end());
        if (has(textOptions, number) && !isQuotable(text))
            return warn(origin, "dnsmasq takes nothing but plain text for it; it is not sent");
        line(forced(number) + ',' + (has(textOptions, number) ? '"' + text + '"' : hex(payload)));
    }

    void search(const Origin& origin, const Bytes& payload) {
        const auto names = parseSearchList(payload);
        if (!names)
            return warn(origin, "no list of plain domain names; it is not sent");
        std::string text = forced(optionSearch);
        for (const std::string& name : *names)
            text += ',' + name;
        if (text.size() > longestLine)
            return warn(origin, "its names are too long for a line of dnsmasq; it is not sent");
        line(text);
    }

    std::string option(std::uint8_t number) const { return "dhcp-option=" + tag_ + ',' + std::to_string(number); }
    /// Sent whether the host asks for it or not, as the other manager does.
    std::string forced(std::uint8_t number) const { return "dhcp-option-force=" + tag_ + ',' + std::to_string(number); }

    const DhcpConfig& dhcp_;
    const DnsmasqFacts& facts_;
    std::string tag_;
    Ipv4 own_;
    std::pair<Ipv4, Ipv4> managersPool_;
    std::string leaseTime_{}; ///< with its comma; "" = in the profile
    std::set<Ipv4> reserved_{};
    DnsmasqConf conf_{};
};

} // namespace

std::chrono::seconds clampLeaseTime(std::chrono::seconds wanted) {
    return std::clamp(wanted, shortestLease, longestLease);
}

bool isPlainInterfaceName(const IfName& name) {
    const auto fits = [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.' || c == '@'; };
    return std::all_of(name.text().begin(), name.text().end(), fits);
}

DnsmasqConf renderDnsmasqConf(const LinkPlan& plan, const DnsmasqFacts& facts) {
    return Renderer(plan, facts).render();
}

} // namespace otgnet::nm
