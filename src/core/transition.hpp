// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The way from what stands to what shall stand, in the fewest steps. Pure.
#pragma once

#include "core/plan.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace otgnet {

/// What we know to stand on the machine. Kept by the executor, and found anew at each start of the daemon.
struct Standing {
    std::optional<GadgetPlan> gadget;
    std::optional<LinkPlan> link;
    std::optional<FirewallPlan> firewall;
    std::optional<HookPlan> hooks; ///< those whose start commands have run
    bool forwarding = false;
    bool leftovers = false; ///< a predecessor may have left anything
    bool operator==(const Standing&) const = default;

    bool empty() const { return *this == Standing{}; }
};

enum class Step {
    runPreStart,
    putFirewall,
    publishLink,
    putGadget,
    replug,
    settleLink,
    setForwarding,
    runPostStart,
    runPreStop,
    removeGadget,
    withdrawLink,
    clearForwarding,
    removeFirewall,
    runPostStop,
};
std::string_view stepName(Step step);
using Steps = std::vector<Step>;

/// The firewall stands before the gadget is bound, and the profile is with the manager, so that the first DISCOVER of
/// the host is answered. What the host has to learn anew (network, gadget) costs it one enumeration; ports, ICMP and
/// forwarding cost it nothing.
Steps stepsTo(const Plan& plan, const Standing& standing);

/// Everything down, the firewall last.
Steps stepsDown(const Standing& standing);

} // namespace otgnet
