// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/watchdog.hpp"

#include <systemd/sd-daemon.h>

namespace otgnet {

Watchdog::Watchdog() {
    if (sd_watchdog_enabled(0, &periodUsec_) > 0)
        arm();
}

void Watchdog::arm() {
    timer_ = callAt(bootNow() + periodUsec_ / 2, [this] {
        sd_notify(0, "WATCHDOG=1");
        arm();
    });
}

} // namespace otgnet
