// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What a call costs, beside the same kind of call to systemd-hostnamed on the same bus.
#pragma once

#include <systemd/sd-bus.h>

#include <functional>
#include <vector>

namespace otgnet::sandbox {

struct CallCost {
    const char* what;
    double ours;   ///< µs from the call to the answer
    double theirs; ///< µs, systemd-hostnamed's
};

/// Both services have been called before, so that none has to be started. Throws if a call fails.
std::vector<CallCost> callCosts(sd_bus* bus, int calls);

/// µs of one round.
double perRound(int rounds, const std::function<void()>& round);

} // namespace otgnet::sandbox
