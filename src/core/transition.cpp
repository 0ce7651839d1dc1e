// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/transition.hpp"

#include <algorithm>

namespace otgnet {

namespace {

bool hasHooks(const std::optional<HookPlan>& hooks) {
    return hooks && *hooks != HookPlan{};
}

/// The host has to ask for its address again.
bool renumbers(const LinkPlan& plan, const std::optional<LinkPlan>& standing) {
    return standing && (plan.network != standing->network || plan.address != standing->address);
}

/// The firewall goes by the name of the interface: while the gadget is bound, it must not turn to another one.
bool renamesInterface(const Plan& plan, const Standing& standing) {
    return standing.gadget && standing.firewall && standing.firewall->ifname != plan.firewall.ifname;
}

/// Hooks are written for one life of the interface: where that ends, theirs ends too.
bool needsFullRestart(const Plan& plan, const Standing& standing) {
    if (renamesInterface(plan, standing))
        return true;
    if (!standing.gadget || !(hasHooks(standing.hooks) || hasHooks(plan.hooks)))
        return false;
    return plan.gadget != standing.gadget || plan.hooks != standing.hooks || renumbers(plan.link, standing.link);
}

void append(Steps& steps, std::initializer_list<Step> more) {
    steps.insert(steps.end(), more);
}

void appendIf(Steps& steps, bool condition, Step step) {
    if (condition)
        steps.push_back(step);
}

} // namespace

std::string_view stepName(Step step) {
    switch (step) {
    case Step::runPreStart:
        return "run pre_start_cmd";
    case Step::putFirewall:
        return "put up the firewall";
    case Step::publishLink:
        return "publish the profile";
    case Step::putGadget:
        return "bind the gadget";
    case Step::replug:
        return "replug the gadget";
    case Step::settleLink:
        return "wait for the link";
    case Step::setForwarding:
        return "switch on forwarding";
    case Step::runPostStart:
        return "run post_start_cmd";
    case Step::runPreStop:
        return "run pre_stop_cmd";
    case Step::removeGadget:
        return "remove the gadget";
    case Step::withdrawLink:
        return "withdraw the profile";
    case Step::clearForwarding:
        return "give back forwarding";
    case Step::removeFirewall:
        return "remove the firewall";
    case Step::runPostStop:
        return "run post_stop_cmd";
    }
    return "";
}

Steps stepsTo(const Plan& plan, const Standing& standing) {
    if (needsFullRestart(plan, standing)) {
        Steps steps = stepsDown(standing);
        const Steps up = stepsTo(plan, {});
        steps.insert(steps.end(), up.begin(), up.end());
        return steps;
    }
    const bool gadget = standing.gadget != plan.gadget;
    const bool link = standing.link != plan.link;
    const bool firewall = standing.firewall != plan.firewall;
    const bool forwarding = firewall && (plan.firewall.forwardInterface || standing.forwarding || standing.leftovers);
    const bool hooks = standing.hooks != plan.hooks;

    Steps steps;
    appendIf(steps, hooks && !plan.hooks.preStart.empty(), Step::runPreStart);
    appendIf(steps, firewall, Step::putFirewall);
    appendIf(steps, link, Step::publishLink);
    appendIf(steps, gadget, Step::putGadget);
    appendIf(steps, !gadget && renumbers(plan.link, standing.link), Step::replug);
    appendIf(steps, gadget || link, Step::settleLink);
    appendIf(steps, forwarding, Step::setForwarding);
    appendIf(steps, hooks && !plan.hooks.postStart.empty(), Step::runPostStart);
    return steps;
}

Steps stepsDown(const Standing& standing) {
    if (standing.empty())
        return {};
    Steps steps;
    appendIf(steps, standing.hooks && !standing.hooks->preStop.empty(), Step::runPreStop);
    append(steps, {Step::removeGadget, Step::withdrawLink, Step::clearForwarding, Step::removeFirewall});
    appendIf(steps, standing.hooks && !standing.hooks->postStop.empty(), Step::runPostStop);
    return steps;
}

} // namespace otgnet
