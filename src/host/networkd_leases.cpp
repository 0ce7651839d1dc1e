// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/networkd_leases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace otgnet {

namespace {

using Json = nlohmann::json;

constexpr std::uint32_t ipv4Family = 2; // AF_INET
constexpr std::size_t maxDescription = 1 << 20;

template<class Range>
Ipv4 addressFrom(const Range& bytes) {
    Ipv4 address;
    for (const auto& byte : bytes)
        address.value = address.value << 8U | static_cast<std::uint8_t>(byte);
    return address;
}

std::optional<Lease> leaseFrom(const BusLease& raw) {
    const Bytes& address = std::get<2>(raw);
    const Bytes& hardware = std::get<4>(raw);
    Lease lease;
    if (std::get<0>(raw) != ipv4Family || address.size() != 4 || hardware.size() < lease.mac.bytes.size())
        return std::nullopt;
    lease.address = addressFrom(address);
    std::copy_n(hardware.begin(), lease.mac.bytes.size(), lease.mac.bytes.begin());
    lease.expires = std::get<5>(raw);
    return lease;
}

const Json& member(const Json& object, const char* key) {
    static const Json nothing;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : nothing;
}

std::string text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool isByte(const Json& value) {
    return value.is_number_unsigned() && value.get<std::uint64_t>() <= 0xff;
}

std::optional<Ipv4> address(const Json& value) {
    if (!value.is_array() || value.size() != 4 || !std::all_of(value.begin(), value.end(), isByte))
        return std::nullopt;
    return addressFrom(value.get<Bytes>());
}

} // namespace

std::vector<Lease> leasesFromBus(const std::vector<BusLease>& raw, BootUsec now) {
    std::vector<Lease> leases;
    for (const auto& entry : raw) {
        const auto lease = leaseFrom(entry);
        if (lease && lease->expires > now && leases.size() < maxLeases)
            leases.push_back(*lease);
    }
    return leases;
}

LinkDescription describeLink(std::string_view json) {
    LinkDescription description;
    const Json root = json.size() > maxDescription ? Json() : Json::parse(json, nullptr, false);
    description.administrativeState = text(member(root, "AdministrativeState"));
    description.networkFile = text(member(root, "NetworkFile"));
    for (const auto& lease : member(member(root, "DHCPServer"), "Leases")) {
        const auto where = address(member(lease, "Address"));
        const std::string name = cleanHostname(text(member(lease, "Hostname")));
        if (where && !name.empty() && description.hostnames.size() < maxLeases)
            description.hostnames.emplace(*where, name);
    }
    return description;
}

} // namespace otgnet
