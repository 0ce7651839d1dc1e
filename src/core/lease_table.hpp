// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The leases as the bus knows them. Turns reports of the manager into events, each exactly once: a manager forgets its
/// leases when it is restarted or reconfigured, and none of them tells when a lease expires.
#pragma once

#include "core/intents.hpp"

#include <map>
#include <vector>

namespace otgnet {

class LeaseTable {
public:
    /// A hostile host can take every address of the pool; more than this is not shown.
    static constexpr std::size_t limit = 1024;

    struct Event {
        enum class Kind { added, changed, removed } kind;
        Lease lease;
        LeaseRemoval reason = LeaseRemoval::released; ///< of a removal
        bool operator==(const Event&) const = default;
    };
    using Events = std::vector<Event>;

    Events update(const LeaseReport& report, BootUsec now);
    Events expire(BootUsec now);
    Events clear();                    ///< the DHCP service stopped
    BootUsec deadline() const;         ///< when expire() has to be called next
    std::vector<Lease> leases() const; ///< sorted by address
    bool empty() const { return rows_.empty(); }

private:
    struct Row {
        Lease lease;
        unsigned seen = 0; ///< number of the manager's life in which it was last reported
    };

    bool wasStopped(const Lease& reported);
    void take(const Lease& reported, Events& events);
    void dropMissing(const LeaseReport& report, Events& events);
    void setExpiries(const LeaseReport& report);

    std::map<Ipv4, Row> rows_;
    std::map<Ipv4, Lease> stopped_; ///< ended by clear(), and not granted again since
    unsigned life_ = 0;
};

} // namespace otgnet
