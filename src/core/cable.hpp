// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What happens at the other end of the cable: the host comes and goes, gets and loses leases. Collects the facts and
/// tells them to the face in their order, each once, after the status that they belong to has been shown.
#pragma once

#include "core/lease_table.hpp"
#include "core/presence.hpp"

#include <functional>
#include <vector>

namespace otgnet {

class Cable {
public:
    Cable(Face& face, ClockPort& clock, MemoryPort& memory);

    void setSuspendDetach(std::chrono::seconds time) { presence_.setSuspendDetach(time); }
    void levels(const Presence::Levels& levels, const UdcFacts& udc);
    /// The manager has served under a predecessor of ours: what it reports first has been told of before, if any was.
    void expectOldLeases() { firstReportIsOld_ = memory_.told().leases; }
    /// A gadget that a predecessor has left bound: whoever has come or gone since its last word is told now.
    void assume(const Presence::Levels& levels, const UdcFacts& udc);
    void leases(const LeaseReport& report, const Cidr4& network);
    void leasesStopped();
    /// Looks at the clock. `deadline()` says when next.
    void look();
    BootUsec deadline() const;

    bool attached() const { return presence_.attached(); }
    std::vector<Lease> currentLeases() const { return table_.leases(); }
    bool hasNews() const { return !news_.empty(); }
    /// Sends what has been collected.
    void tell();

private:
    void see(Presence::Change change, const UdcFacts& udc);
    void note(Presence::Change change);
    void note(const LeaseTable::Events& events);

    Face& face_;
    ClockPort& clock_;
    MemoryPort& memory_;
    Presence presence_;
    LeaseTable table_;
    UdcFacts udc_; ///< where a host is, or was last
    bool firstReportIsOld_ = false;
    std::vector<std::function<void(Face&)>> news_;
};

} // namespace otgnet
