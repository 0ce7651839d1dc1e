// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/lease_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace otgnet::nm {

namespace {

constexpr std::size_t mostLeases = 1000; // dnsmasq's default --dhcp-lease-max, which NetworkManager leaves alone
constexpr std::uint64_t usecPerSecond = 1'000'000;
constexpr std::uint64_t latestExpiry = never / usecPerSecond / 2;

/// Calls it for each line that has its end, as long as it answers yes.
template<class Call>
void forEachLine(std::string_view text, Call call) {
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        if (!call(text.substr(0, end)))
            return;
        text.remove_prefix(end + 1);
    }
}

/// The fields of a line; less than five is no lease.
std::optional<std::array<std::string_view, 5>> split(std::string_view line) {
    std::array<std::string_view, 5> fields;
    for (std::string_view& field : fields) {
        const std::size_t end = std::min(line.find(' '), line.size());
        field = line.substr(0, end);
        line.remove_prefix(std::min(end + 1, line.size()));
        if (field.empty())
            return std::nullopt;
    }
    return line.empty() ? std::optional{fields} : std::nullopt;
}

/// Nothing for what is no time or has passed.
std::optional<BootUsec> expiryOf(std::string_view text, const LeaseClock& clock) {
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds > latestExpiry)
        return std::nullopt;
    if (seconds == 0)
        return never;
    const std::uint64_t expiry = seconds * usecPerSecond;
    if (expiry <= clock.now + clock.realtimeOffset)
        return std::nullopt;
    return expiry - clock.realtimeOffset;
}

std::optional<Lease> parseLine(std::string_view line, const Cidr4& network, const LeaseClock& clock) {
    const auto fields = split(line);
    if (!fields)
        return std::nullopt;
    const auto& [expiry, hardware, ip, name, client] = *fields;
    const auto expires = expiryOf(expiry, clock);
    const auto mac = MacAddress::parse(hardware);
    const auto address = Ipv4::parse(ip);
    if (!expires || !mac || !address || !network.contains(*address))
        return std::nullopt;
    return Lease{*address, *mac, name == "*" ? std::string() : cleanHostname(name), *expires};
}

} // namespace

bool isWholeLeaseFile(std::string_view text) {
    return !text.empty() && text.back() == '\n';
}

/// One that never expires has the same line for ever, whoever asks.
OldLines oldLines(std::string_view text) {
    OldLines old;
    forEachLine(text, [&](std::string_view line) {
        if (!line.starts_with("0 "))
            old.emplace(line);
        return old.size() < mostLeases;
    });
    return old;
}

std::vector<Lease> parseLeaseFile(std::string_view text, const Cidr4& network, const LeaseClock& clock,
                                  const OldLines& old) {
    std::map<Ipv4, Lease> leases; // an address has one lease: the last line that names it
    forEachLine(text, [&](std::string_view line) {
        const auto lease = old.contains(line) ? std::nullopt : parseLine(line, network, clock);
        if (lease)
            leases[lease->address] = *lease;
        return leases.size() < mostLeases;
    });
    std::vector<Lease> sorted;
    for (const auto& [address, lease] : leases)
        sorted.push_back(lease);
    return sorted;
}

} // namespace otgnet::nm
