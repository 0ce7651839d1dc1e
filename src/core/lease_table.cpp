// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/lease_table.hpp"

#include <algorithm>
#include <set>

namespace otgnet {

std::string_view leaseRemovalName(LeaseRemoval reason) {
    switch (reason) {
    case LeaseRemoval::released:
        return "released";
    case LeaseRemoval::expired:
        return "expired";
    case LeaseRemoval::stopped:
        return "stopped";
    }
    return "";
}

LeaseTable::Events LeaseTable::update(const LeaseReport& report, BootUsec now) {
    if (report.fresh)
        ++life_;
    if (report.clockSet)
        setExpiries(report);
    Events events = expire(now);
    dropMissing(report, events);
    for (const Lease& lease : report.leases)
        if (lease.expires > now)
            take(lease, events);
    return events;
}

/// What was reported in this life of the manager and is not any more was given back; what only an earlier life knew has
/// been forgotten by the manager, not by the host.
void LeaseTable::dropMissing(const LeaseReport& report, Events& events) {
    std::set<Ipv4> reported;
    for (const Lease& lease : report.leases)
        reported.insert(lease.address);
    std::erase_if(rows_, [&](const auto& entry) {
        const Row& row = entry.second;
        if (row.seen != life_ || reported.contains(entry.first))
            return false;
        events.push_back(
            {Event::Kind::removed, row.lease, report.clockSet ? LeaseRemoval::expired : LeaseRemoval::released});
        return true;
    });
}

void LeaseTable::setExpiries(const LeaseReport& report) {
    for (const Lease& lease : report.leases)
        if (const auto row = rows_.find(lease.address); row != rows_.end() && row->second.lease.mac == lease.mac)
            row->second.lease.expires = lease.expires;
}

void LeaseTable::take(const Lease& reported, Events& events) {
    if (wasStopped(reported))
        return;
    auto row = rows_.find(reported.address);
    if (row != rows_.end() && row->second.lease.mac != reported.mac) {
        events.push_back({Event::Kind::removed, row->second.lease, LeaseRemoval::released});
        rows_.erase(row);
        row = rows_.end();
    }
    if (row == rows_.end()) {
        if (rows_.size() >= limit)
            return;
        rows_.emplace(reported.address, Row{reported, life_});
        events.push_back({Event::Kind::added, reported});
        return;
    }
    Lease merged = reported;
    if (merged.hostname.empty()) // a manager that was asked too early, or does not tell, has not renamed the host
        merged.hostname = row->second.lease.hostname;
    if (merged != row->second.lease)
        events.push_back({Event::Kind::changed, merged});
    row->second = {merged, life_};
}

LeaseTable::Events LeaseTable::expire(BootUsec now) {
    Events events;
    std::erase_if(rows_, [&](const auto& entry) {
        const Lease& lease = entry.second.lease;
        if (lease.expires > now)
            return false;
        events.push_back({Event::Kind::removed, lease, LeaseRemoval::expired});
        return true;
    });
    return events;
}

LeaseTable::Events LeaseTable::clear() {
    Events events;
    for (const auto& [address, row] : rows_) {
        events.push_back({Event::Kind::removed, row.lease, LeaseRemoval::stopped});
        stopped_.insert_or_assign(address, row.lease);
    }
    rows_.clear();
    return events;
}

/// A manager that keeps its leases reports those again that we have ended. They count when their host has asked again,
/// which shows in their expiry.
bool LeaseTable::wasStopped(const Lease& reported) {
    constexpr BootUsec rounding = 2'000'000; // dnsmasq's file has whole seconds of another clock
    const auto stopped = stopped_.find(reported.address);
    if (stopped == stopped_.end())
        return false;
    const BootUsec before = stopped->second.expires;
    const bool same = before != never && stopped->second.mac == reported.mac &&
                      std::max(before, reported.expires) - std::min(before, reported.expires) < rounding;
    if (!same)
        stopped_.erase(stopped);
    return same;
}

BootUsec LeaseTable::deadline() const {
    BootUsec first = never;
    for (const auto& [address, row] : rows_)
        first = std::min(first, row.lease.expires);
    return first;
}

std::vector<Lease> LeaseTable::leases() const {
    std::vector<Lease> all;
    for (const auto& [address, row] : rows_)
        all.push_back(row.lease);
    return all;
}

} // namespace otgnet
