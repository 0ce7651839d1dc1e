// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/networkd_leases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <tuple>

namespace otgnet {

namespace {

using Json = nlohmann::json;

constexpr std::uint32_t ipv4Family = 2; // AF_INET
constexpr std::size_t maxDescription = 1 << 20;

std::optional<LeaseClient> clientFrom(const Bytes& address, const Bytes& hardware) {
    LeaseClient client;
    auto& [ip, mac] = client;
    if (address.size() != 4 || hardware.size() < mac.bytes.size())
        return std::nullopt;
    for (const std::uint8_t byte : address)
        ip.value = ip.value << 8U | byte;
    std::copy_n(hardware.begin(), mac.bytes.size(), mac.bytes.begin());
    return client;
}

std::optional<Lease> leaseFrom(const BusLease& raw) {
    const auto client = clientFrom(std::get<2>(raw), std::get<4>(raw));
    if (std::get<0>(raw) != ipv4Family || !client)
        return std::nullopt;
    Lease lease;
    std::tie(lease.address, lease.mac) = *client;
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

Bytes bytes(const Json& value) {
    const bool areBytes = value.is_array() && std::all_of(value.begin(), value.end(), isByte);
    return areBytes ? value.get<Bytes>() : Bytes();
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
        const auto client = clientFrom(bytes(member(lease, "Address")), bytes(member(lease, "HardwareAddress")));
        const std::string name = cleanHostname(text(member(lease, "Hostname")));
        if (client && !name.empty() && description.hostnames.size() < maxLeases)
            description.hostnames.emplace(*client, name);
    }
    return description;
}

} // namespace otgnet
