// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Watches the lease database of NetworkManager's dnsmasq: no signal on the bus tells of leases.
#pragma once

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "core/lease.hpp"
#include "core/plan.hpp"
#include "host/nm/lease_file.hpp"
#include "host/nm/realtime_offset.hpp"

#include <filesystem>
#include <functional>

namespace otgnet::nm {

class LeaseWatch {
public:
    using Report = std::function<void(const LeaseReport&)>;

    /// Reads at once and then at each change, as long as it lives. The first report is fresh. `idle`: no dnsmasq has
    /// served the link yet, so what the file holds at the moment is of earlier times and not told. The offset outlives
    /// it: the next one has to come to the same expiries.
    LeaseWatch(std::filesystem::path root, const LinkPlan& plan, bool idle, RealtimeOffset& offset, Report report);

    /// dnsmasq was started anew: reads again; what is missing now was forgotten.
    void restarted();

private:
    void watchDirectory();
    void onEvents();
    void readSoon();
    void read();
    std::string content() const;
    bool lacksSome(const std::vector<Lease>& leases) const;
    void tell(const std::vector<Lease>& leases);

    std::filesystem::path path_;
    Cidr4 network_;
    Report report_;
    OldLines old_;
    RealtimeOffset& offset_;
    bool fresh_ = true;
    bool wasSet_ = false;     ///< the clock
    unsigned doubts_ = 0;     ///< reads in a row that found what may be half written
    bool unreadable_ = false; ///< the file, which has been logged
    std::vector<Lease> told_;
    Fd inotify_;
    Source events_;
    Fd clock_;
    Source clockSet_;
    Source debounce_;
};

} // namespace otgnet::nm
