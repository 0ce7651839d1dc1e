// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/cable.hpp"

#include "core/status.hpp"

#include <algorithm>
#include <utility>

namespace otgnet {

Cable::Cable(Face& face, ClockPort& clock, MemoryPort& memory) : face_(face), clock_(clock), memory_(memory) {
    presence_.expect(memory_.told().host);
}

void Cable::levels(const Presence::Levels& levels, const UdcFacts& udc) {
    see(presence_.update(levels, clock_.now()), udc);
    see(presence_.look(clock_.now()), udc);
}

void Cable::assume(const Presence::Levels& levels, const UdcFacts& udc) {
    see(presence_.assume(levels, clock_.now()), udc);
}

/// A host that has gone was on the controller of before, which may be no more.
void Cable::see(Presence::Change change, const UdcFacts& udc) {
    if (change != Presence::Change::detached || udc_.udc.empty())
        udc_ = udc;
    note(change);
}

void Cable::leases(const LeaseReport& report, const Cidr4& network) {
    LeaseReport ours = report;
    std::erase_if(ours.leases, [&](const Lease& lease) { return !network.contains(lease.address); });
    const LeaseTable::Events events = table_.update(ours, clock_.now());
    if (!std::exchange(firstReportIsOld_, false))
        note(events);
}

void Cable::leasesStopped() {
    firstReportIsOld_ = false;
    note(table_.clear());
}

void Cable::look() {
    const BootUsec now = clock_.now();
    note(presence_.look(now));
    note(table_.expire(now));
}

BootUsec Cable::deadline() const {
    return std::min(presence_.deadline(), table_.deadline());
}

void Cable::note(Presence::Change change) {
    switch (change) {
    case Presence::Change::none:
        return;
    case Presence::Change::attached:
        news_.emplace_back([udc = udc_.udc, speed = udc_.speed](Face& face) { face.hostAttached(udc, speed); });
        return;
    case Presence::Change::detached:
        news_.emplace_back(
            [udc = udc_.udc, reason = std::string(presence_.reason())](Face& face) { face.hostDetached(udc, reason); });
        return;
    }
}

void Cable::note(const LeaseTable::Events& events) {
    for (const LeaseTable::Event& event : events) {
        const LeaseRow row = describe(event.lease, clock_.realtimeOffset());
        news_.emplace_back([row, kind = event.kind, reason = event.reason](Face& face) {
            switch (kind) {
            case LeaseTable::Event::Kind::added:
                return face.leaseAdded(row);
            case LeaseTable::Event::Kind::changed:
                return face.leaseChanged(row);
            case LeaseTable::Event::Kind::removed:
                return face.leaseRemoved(row, reason);
            }
        });
    }
}

void Cable::tell() {
    for (const auto& news : std::exchange(news_, {}))
        news(face_);
    const Told told{.host = attached(), .leases = firstReportIsOld_ || !table_.empty()};
    if (memory_.told() != told) // after the fact: rather told twice than never
        memory_.setTold(told);
}

} // namespace otgnet
