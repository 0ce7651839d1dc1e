// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Tells systemd that the main loop turns, as often as the unit's WatchdogSec= asks for; never if it does not.
#pragma once

#include "base/loop.hpp"

namespace otgnet {

class Watchdog {
public:
    Watchdog();

private:
    void arm();

    std::uint64_t periodUsec_ = 0; ///< 0 = no watchdog
    Source timer_;
};

} // namespace otgnet
