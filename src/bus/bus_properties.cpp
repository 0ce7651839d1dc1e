// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The property getters of BusFace: they read the last Status and nothing else.
#include "bus/bus_face.hpp"

namespace otgnet {

std::string BusFace::Version() {
    return version_;
}

std::string BusFace::State() {
    return std::string(stateName(status_.state));
}

std::uint64_t BusFace::StateSince() {
    return status_.stateSince;
}

bool BusFace::Enabled() {
    return status_.enabled;
}

std::string BusFace::Backend() {
    return status_.backend;
}

std::string BusFace::Driver() {
    return status_.driver;
}

std::string BusFace::Udc() {
    return status_.udc.udc;
}

std::string BusFace::UdcState() {
    return status_.udc.state;
}

std::string BusFace::Speed() {
    return status_.udc.speed;
}

bool BusFace::Carrier() {
    return status_.carrier;
}

bool BusFace::Suspended() {
    return status_.udc.suspended;
}

std::string BusFace::Gadget() {
    return status_.gadget;
}

std::string BusFace::Interface() {
    return status_.interface;
}

std::string BusFace::HostMac() {
    return status_.hostMac;
}

std::string BusFace::KvmMac() {
    return status_.kvmMac;
}

std::string BusFace::Address() {
    return status_.address;
}

std::string BusFace::Network() {
    return status_.network;
}

std::string BusFace::ForwardInterface() {
    return status_.forwardInterface;
}

bool BusFace::AllowIcmp() {
    return status_.allowIcmp;
}

std::vector<std::uint16_t> BusFace::AllowTcp() {
    return status_.allowTcp;
}

std::vector<std::uint16_t> BusFace::AllowUdp() {
    return status_.allowUdp;
}

std::vector<std::string> BusFace::Dns() {
    return status_.dns;
}

std::uint32_t BusFace::EndpointsUsed() {
    return status_.endpointsUsed;
}

std::uint32_t BusFace::EndpointsMax() {
    return status_.endpointsMax;
}

std::vector<sdbus::Struct<std::string, std::string, std::string, std::uint64_t>> BusFace::Leases() {
    std::vector<sdbus::Struct<std::string, std::string, std::string, std::uint64_t>> rows;
    for (const LeaseRow& lease : status_.leases)
        rows.emplace_back(lease.address, lease.mac, lease.hostname, lease.expiry);
    return rows;
}

std::vector<std::string> BusFace::Warnings() {
    return status_.warnings;
}

sdbus::Struct<std::string, std::string> BusFace::LastError() {
    return {status_.lastError.name, status_.lastError.text};
}

} // namespace otgnet
