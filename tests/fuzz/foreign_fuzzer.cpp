// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Any bytes as what other programs tell at run time, half of it filled in by the host at the cable: the lease file of
/// dnsmasq, networkd's description of a link and its leases, kvmd's meta files. The first byte says which.

#include "core/utf8.hpp"
#include "fuzz/root.hpp"
#include "host/gadget_meta.hpp"
#include "host/networkd_leases.hpp"
#include "host/nm/lease_file.hpp"

#include <algorithm>
#include <fstream>
#include <set>

namespace otgnet {
namespace {

using fuzz::require;

constexpr std::size_t mostLeases = 1024;
constexpr BootUsec now = 1'000'000'000;
constexpr nm::LeaseClock clock{now, 1'700'000'000'000'000};
const Cidr4 network = *Cidr4::parse("172.30.30.0/24");

/// What may go to the bus, and to a terminal from there.
void requireClean(const std::string& name) {
    require(name.size() <= 253 && utf8::valid(name));
    for (std::string_view rest = name; !rest.empty();)
        require(utf8::isPrintable(utf8::take(rest)));
}

void requireSane(const std::vector<Lease>& leases) {
    require(leases.size() <= mostLeases);
    for (const Lease& lease : leases) {
        requireClean(lease.hostname);
        require(lease.expires > now);
    }
}

void readLeaseFile(const std::string& text) {
    const std::vector<Lease> leases = nm::parseLeaseFile(text, network, clock);
    requireSane(leases);
    std::set<Ipv4> addresses;
    for (const Lease& lease : leases)
        require(network.contains(lease.address) && addresses.insert(lease.address).second);
    for (const Lease& lease : nm::parseLeaseFile(text, network, clock, nm::oldLines(text)))
        require(lease.expires == never || leases.size() >= mostLeases - 24); // of old ones only those stay
    nm::isWholeLeaseFile(text);
}

void readDescription(const std::string& json) {
    const LinkDescription description = describeLink(json);
    require(description.hostnames.size() <= mostLeases);
    for (const auto& [address, name] : description.hostnames)
        requireClean(name);
}

/// The bytes as fields, each with its length in front.
void readBusLeases(std::string_view bytes) {
    const auto field = [&] {
        const std::size_t size = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.front()) % 20U;
        const std::string_view part = bytes.substr(std::min<std::size_t>(1, bytes.size())).substr(0, size);
        bytes.remove_prefix(std::min(bytes.size(), 1 + part.size()));
        return Bytes(part.begin(), part.end());
    };
    std::vector<BusLease> raw;
    while (!bytes.empty()) {
        const auto family = static_cast<std::uint32_t>(bytes.front() & 3);
        const Bytes address = field();
        const Bytes hardware = field();
        std::uint64_t expires = 0;
        for (const std::uint8_t byte : field())
            expires = expires << 8U | byte;
        raw.emplace_back(std::make_tuple(family, Bytes{}, address, Bytes{}, hardware, expires));
    }
    requireSane(leasesFromBus(raw, now));
}

/// Ours as it is read is what is written back, and that is read as the same again.
void readMetaFile(const std::string& text) {
    static const fuzz::Root root;
    const std::string function = "ncm.usb0";
    std::ofstream(root.emptied() / (function + "@meta.json"), std::ios::binary) << text;
    const auto meta = readMeta(root.path(), function);
    require(!meta || meta->endpoints.value_or(0) <= 32);
    metaText(root.path(), function);
    if (!meta || !meta->mark)
        return;
    writeMeta(root.path(), function, *meta->mark);
    const auto again = readMeta(root.path(), function);
    require(again && again->ethernet && again->mark == meta->mark);
}

} // namespace
} // namespace otgnet

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (*data) {
    case 'l':
        otgnet::readLeaseFile(text);
        break;
    case 'd':
        otgnet::readDescription(text);
        break;
    case 'b':
        otgnet::readBusLeases(text);
        break;
    case 'm':
        otgnet::readMetaFile(text);
        break;
    default:
        otgnet::requireClean(otgnet::cleanHostname(text));
    }
    return 0;
}
