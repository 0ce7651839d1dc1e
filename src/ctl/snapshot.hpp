// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The properties of the service at one moment, as plain values.
#pragma once

#include "ctl/json.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace otgnet::ctl {

struct Lease {
    std::string address;
    std::string mac;
    std::string hostname;     ///< "" = unknown
    std::uint64_t expiry = 0; ///< µs since the epoch; the largest number = never

    bool operator==(const Lease&) const = default;
};

/// Member by member the properties of org.pikvm.OtgNet1 that are shown to people.
struct Snapshot {
    std::string state;
    std::uint64_t stateSince = 0; ///< µs since the epoch
    std::string backend;
    std::string driver;
    std::string udc;
    std::string udcState;
    std::string speed;
    bool carrier = false;
    bool suspended = false;
    std::string gadget;
    std::string interface;
    std::string hostMac;
    std::string kvmMac;
    std::string address;
    std::string forwardInterface;
    bool allowIcmp = false;
    std::vector<std::uint16_t> allowTcp;
    std::vector<std::uint16_t> allowUdp;
    std::vector<std::string> dns;
    std::uint32_t endpointsUsed = 0;
    std::uint32_t endpointsMax = 0;
    std::vector<Lease> leases;
    std::vector<std::string> warnings;
    std::string errorName;
    std::string errorText;

    bool operator==(const Snapshot&) const = default;
};

/// From the answer of GetAll as JSON. Throws Error if a property is missing (another version of the service).
Snapshot snapshotFrom(const Json& properties);

} // namespace otgnet::ctl
