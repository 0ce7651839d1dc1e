// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/realtime_offset.hpp"

#include "base/loop.hpp"

#include <algorithm>
#include <ctime>

namespace otgnet::nm {

namespace {

constexpr std::uint64_t usecPerSecond = 1'000'000;
constexpr std::uint64_t inaccuracy = usecPerSecond / 10; ///< we may be interrupted between the two clocks

std::uint64_t measured() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * usecPerSecond + static_cast<std::uint64_t>(now.tv_nsec) / 1000 -
           bootNow();
}

} // namespace

RealtimeOffset::RealtimeOffset() : usec_(measured()) {}

bool RealtimeOffset::measure() {
    const std::uint64_t now = measured();
    if (std::max(now, usec_) - std::min(now, usec_) < inaccuracy)
        return false;
    usec_ = now;
    return true;
}

} // namespace otgnet::nm
