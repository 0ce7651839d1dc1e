// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// How far the real-time clock, by which dnsmasq counts, is from ours.
#pragma once

#include <cstdint>

namespace otgnet::nm {

class RealtimeOffset {
public:
    RealtimeOffset();
    explicit RealtimeOffset(std::uint64_t usec) : usec_(usec) {} ///< until it is measured

    /// What to add to a BootUsec to get µs since the epoch.
    std::uint64_t usec() const { return usec_; }
    /// Looks again. False, and nothing changes, if the clock was not set: two measurements always differ a little, and
    /// no lease shall change by that.
    bool measure();

private:
    std::uint64_t usec_;
};

} // namespace otgnet::nm
