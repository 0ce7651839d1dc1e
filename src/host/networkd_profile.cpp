// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/networkd_profile.hpp"

#include "core/dhcp.hpp"
#include "core/dhcp_option.hpp"
#include "core/dhcp_payload.hpp"
#include "networkd_template.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace otgnet {

namespace {

using Values = std::map<std::string, std::vector<std::string>>;

/// A client that does not ask for more takes answers with 308 bytes of options, of which networkd needs some 50 for
/// its own. One byte too many, and it sends no answer at all.
constexpr std::size_t optionBudget = 250;
constexpr std::size_t optionHeader = 2;
constexpr std::size_t maxPayload = 255;
constexpr std::int64_t maxLeaseSeconds = 0xffffffff; ///< which is "for ever" on the wire

enum Option : std::uint8_t { domainName = 15, tftpServer = 66, bootFile = 67, classlessRoutes = 121 };

const char* yesNo(bool value) {
    return value ? "yes" : "no";
}

/// C escapes for all but the plainest characters: what networkd unescapes into the same bytes.
template<class Bytes>
std::string escaped(const Bytes& bytes) {
    static constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const auto raw : bytes) {
        const auto byte = static_cast<unsigned char>(raw);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= 'a' && byte <= 'z') || byte == '.' || byte == '-' || byte == '/';
        text += plain ? std::string(1, static_cast<char>(byte))
                      : std::string{'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
    }
    return text;
}

/// Fills the [DHCPServer] section.
class DhcpSection {
public:
    DhcpSection(const LinkPlan& plan, Values& values, std::vector<std::string>& warnings)
        : plan_(plan), dhcp_(*plan.dhcp), values_(values), warnings_(warnings) {}

    /// False: there is no pool to serve from.
    bool fill() {
        if (!fillPool())
            return false;
        fillNames();
        fillRouter();
        fillOptions();
        fillStaticLeases();
        return true;
    }

private:
    void warn(const Origin& who, const std::string& why) { warnings_.push_back(who.text + ": " + why); }

    bool fillPool() {
        if (plan_.network.prefix > smallestServedPrefix) {
            warn(dhcp_.origins.network,
                 "systemd-networkd serves DHCP in a /30 or larger only: the host gets no address");
            return false;
        }
        const Ipv4 first{std::max(dhcp_.first.value, plan_.network.network.value + 1)};
        const Ipv4 last{std::min(dhcp_.last.value, plan_.network.last().value - 1)};
        if (first > last) {
            warn(dhcp_.origins.network,
                 "the DHCP range is not inside " + plan_.network.text() + ": the host gets no address");
            return false;
        }
        values_["pool_offset"] = {std::to_string(first.value - plan_.network.network.value)};
        values_["pool_size"] = {std::to_string(last.value - first.value + 1)};
        const auto seconds = std::clamp<std::int64_t>(dhcp_.leaseTime.count(), 1, maxLeaseSeconds);
        values_["lease_time"] = {std::to_string(seconds)};
        return true;
    }

    bool take(std::size_t payload) {
        if (payload == 0 || payload > maxPayload || budget_ < payload + optionHeader)
            return false;
        budget_ -= payload + optionHeader;
        return true;
    }

    void fillServers(const std::string& name, const std::vector<Ipv4>& servers, const Origin& origin) {
        if (servers.empty())
            return;
        if (!take(servers.size() * 4))
            return warn(origin, "too many for a DHCP answer: none is announced");
        values_["emit_" + name] = {"yes"};
        for (const auto& server : servers)
            values_[name].push_back(server.text());
    }

    void fillNames() {
        fillServers("dns", dhcp_.dns, dhcp_.origins.dns);
        fillServers("ntp", dhcp_.ntp, dhcp_.origins.ntp);
        if (dhcp_.dnsFromUplink && !dhcp_.dns.empty())
            warn(dhcp_.origins.dns, "systemd-networkd announces the given addresses or the uplink's, not both: the "
                                    "uplink's are left out");
        if (!dhcp_.dnsFromUplink || !dhcp_.dns.empty())
            return;
        values_["emit_dns"] = {"yes"};
        if (plan_.uplink)
            values_["uplink"] = {plan_.uplink->text()};
    }

    void fillRouter() {
        values_["emit_router"] = {yesNo(dhcp_.router || dhcp_.routerAddress)};
        if (dhcp_.routerAddress)
            values_["router"] = {dhcp_.routerAddress->text()};
    }

    template<class Bytes>
    void send(std::uint8_t number, const Bytes& payload, const Origin& origin) {
        if (take(payload.size()))
            values_["option"].push_back(std::to_string(number) + ":string:" + escaped(payload));
        else
            warn(origin, "DHCP option " + std::to_string(number) + " with " + std::to_string(payload.size()) +
                             " bytes does not fit into an answer of systemd-networkd: it is not sent");
    }

    void fillOptions() {
        if (!dhcp_.domain.empty())
            send(domainName, dhcp_.domain, dhcp_.origins.domain);
        if (const auto address = Ipv4::parse(dhcp_.bootServer))
            values_["boot_server"] = {address->text()};
        if (!dhcp_.bootServer.empty())
            send(tftpServer, dhcp_.bootServer, dhcp_.origins.bootServer);
        if (!dhcp_.bootFile.empty())
            send(bootFile, dhcp_.bootFile, dhcp_.origins.bootFile);
        if (!dhcp_.routes.empty())
            send(classlessRoutes, routePayload(routes()), dhcp_.origins.routes);
        for (const auto& option : dhcp_.options)
            if (isServersOwn(option.number))
                warn(option.origin, "DHCP option " + std::to_string(option.number) + " is systemd-networkd's own");
            else
                send(option.number, option.payload, option.origin);
    }

    /// A host that understands option 121 ignores the router option (RFC 3442).
    std::vector<ClasslessRoute> routes() const {
        std::vector<ClasslessRoute> all = dhcp_.routes;
        const Cidr4 everything{};
        const bool hasDefault = std::any_of(all.begin(), all.end(), [&](const auto& r) { return r.to == everything; });
        if ((dhcp_.router || dhcp_.routerAddress) && !hasDefault)
            all.push_back({everything, dhcp_.routerAddress.value_or(plan_.address)});
        return all;
    }

    void fillStaticLeases() {
        std::set<Ipv4> addresses{plan_.address, plan_.network.network, plan_.network.last()};
        std::set<MacAddress> macs;
        for (const auto& host : dhcp_.hosts) {
            const std::string who = host.mac.text() + " " + host.address.text();
            if (!plan_.network.contains(host.address) || !addresses.insert(host.address).second ||
                !macs.insert(host.mac).second) {
                warn(host.origin, who + " is not inside the network, ours, or there twice: left out");
                continue;
            }
            values_["static_lease"].push_back("[DHCPServerStaticLease]\nMACAddress=" + host.mac.text() +
                                              "\nAddress=" + host.address.text() + "\n");
            if (!host.name.empty())
                warn(host.origin, who + ": systemd-networkd cannot give the host a name");
        }
    }

    const LinkPlan& plan_;
    const DhcpConfig& dhcp_;
    Values& values_;
    std::vector<std::string>& warnings_;
    std::size_t budget_ = optionBudget;
};

/// A line for each value of its placeholder; a line without one as it is.
std::string render(const Values& values) {
    std::istringstream lines(networkdTemplate);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        const auto begin = line.find('@');
        const auto end = begin == std::string::npos ? begin : line.find('@', begin + 1);
        if (end == std::string::npos) {
            text += line + '\n';
            continue;
        }
        const auto found = values.find(line.substr(begin + 1, end - begin - 1));
        if (found == values.end())
            continue;
        for (const auto& value : found->second)
            text += line.substr(0, begin) + value + line.substr(end + 1) + '\n';
    }
    return text;
}

/// Name= takes patterns; nobody has such an interface, so there is no need for it to work.
const std::string& plainName(const IfName& ifname) {
    if (ifname.text().find_first_of("*?[]!\\") != std::string::npos)
        throw Error(ErrorCode::BackendUnavailable, "systemd-networkd cannot have a profile for an interface called '" +
                                                       ifname.text() + "': rename it");
    return ifname.text();
}

} // namespace

NetworkdProfile networkdProfile(const LinkPlan& plan) {
    NetworkdProfile profile;
    const std::string address = plan.address.text() + "/" + std::to_string(plan.network.prefix);
    Values values{{"ifname", {plainName(plan.ifname)}},
                  {"address", {address}},
                  {"emit_dns", {"no"}},
                  {"emit_ntp", {"no"}},
                  {"emit_router", {"no"}}};
    const bool dhcp = plan.dhcp && DhcpSection(plan, values, profile.warnings).fill();
    values["dhcp"] = {yesNo(dhcp)};
    profile.text = render(values);
    return profile;
}

std::string networkdHandsOff(const IfName& ifname) {
    return "# Written by otgnetd: another network manager is in charge of this interface.\n\n[Match]\nName=" +
           plainName(ifname) + "\n\n[Link]\nUnmanaged=yes\n";
}

} // namespace otgnet
