// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The clock that people and files go by. It is set, so nothing is timed by it: that is bootNow().
#pragma once

#include <chrono>
#include <cstdint>

namespace otgnet {

/// Microseconds since the epoch.
inline std::uint64_t realNow() {
    using namespace std::chrono;
    return static_cast<std::uint64_t>(duration_cast<microseconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace otgnet
