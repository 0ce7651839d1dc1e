// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Everything that the bus shows, as one value. PropertiesChanged is the difference of two of them.
#pragma once

#include "core/observed.hpp"
#include "core/transition.hpp"

#include <exception>

namespace otgnet {

enum class State {
    disabled, ///< nothing is up and nothing is wanted
    starting, ///< on the way up
    waiting,  ///< gadget bound, nobody there
    attached, ///< a host configured us
    online,   ///< and holds a lease
    failed,   ///< something went wrong; closed, LastError says why
    stopping, ///< on the way down
};
std::string_view stateName(State state);

struct LeaseRow {
    std::string address;
    std::string mac;
    std::string hostname;
    std::uint64_t expiry = 0; ///< µs since the epoch; the largest number = never
    bool operator==(const LeaseRow&) const = default;
};

struct LastError {
    std::string name; ///< D-Bus error name, "" = none
    std::string text;
    bool operator==(const LastError&) const = default;
};

/// Member by member the properties of org.pikvm.OtgNet1, in its order.
struct Status {
    State state = State::disabled;
    std::uint64_t stateSince = 0; ///< µs since the epoch
    bool enabled = false;
    std::string backend;
    std::string driver;
    UdcFacts udc;
    bool carrier = false;
    std::string gadget;
    std::string interface;
    std::string hostMac;
    std::string kvmMac;
    std::string address;
    std::string network;
    std::string forwardInterface;
    bool allowIcmp = false;
    std::vector<std::uint16_t> allowTcp;
    std::vector<std::uint16_t> allowUdp;
    std::vector<std::string> dns;
    unsigned endpointsUsed = 0;
    unsigned endpointsMax = 0;
    std::vector<LeaseRow> leases;
    std::vector<std::string> warnings;
    LastError lastError;
    bool operator==(const Status&) const = default;
};

/// What a Status is made from.
struct Scene {
    State state = State::disabled;
    BootUsec stateSince = 0;
    bool enabled = false;
    std::string backend;
    const LoadedConfig* config = nullptr; ///< null: none could be read yet
    Standing standing;
    UdcFacts udc;
    LinkFacts link;
    std::vector<Lease> leases;
    std::uint64_t realtimeOffset = 0; ///< µs, from the ClockPort
    std::vector<std::string> warnings;
    LastError lastError;
};

Status describe(const Scene& scene);
LeaseRow describe(const Lease& lease, std::uint64_t realtimeOffset);
LastError describe(const std::exception_ptr& error);

} // namespace otgnet
