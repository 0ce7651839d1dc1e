// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/realtime_offset.hpp"

#include "base/loop.hpp"
#include "base/real_time.hpp"

#include <algorithm>

namespace otgnet::nm {

namespace {

constexpr std::uint64_t inaccuracy = 100'000; ///< we may be interrupted between the two clocks

std::uint64_t measured() {
    return realNow() - bootNow();
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
