// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/journal.hpp"

#include "base/log.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>

namespace otgnet {

namespace {

std::string nameOf(const LeaseRow& lease) {
    return lease.address + " (" + lease.mac + (lease.hostname.empty() ? "" : ", " + lease.hostname) + ")";
}

} // namespace

void Journal::show(const Status& status) {
    next_.show(status);
    if (first_ || status.state != state_)
        noteLater(status.state);
    if (status.lastError != lastError_ && !status.lastError.name.empty())
        log::error(status.lastError.name + ": " + status.lastError.text);
    for (const std::string& warning : status.warnings)
        if (std::find(warnings_.begin(), warnings_.end(), warning) == warnings_.end())
            log::warning(warning);
    first_ = false;
    state_ = status.state;
    lastError_ = status.lastError;
    warnings_ = status.warnings;
}

/// Not before the signals that follow a change of state have been sent.
void Journal::noteLater(State state) {
    states_.push_back(state);
    later_ = callSoon([this] { noteStates(); });
    if (!systemd_)
        systemd_ = callAt(bootNow() + statusDelayUsec, [this] { tellSystemd(); });
}

void Journal::noteStates() {
    later_.reset();
    for (const State state : states_)
        log::info("state: " + std::string(stateName(state)));
    states_.clear();
}

void Journal::tellSystemd() {
    systemd_.reset();
    sd_notify(0, ("STATUS=" + std::string(stateName(state_))).c_str());
}

void Journal::hostAttached(const std::string& udc, const std::string& speed) {
    next_.hostAttached(udc, speed);
    log::notice("a host is attached to " + udc + ", " + speed);
}

void Journal::hostDetached(const std::string& udc, const std::string& reason) {
    next_.hostDetached(udc, reason);
    log::notice("the host is detached from " + udc + ": " + reason);
}

void Journal::leaseAdded(const LeaseRow& lease) {
    next_.leaseAdded(lease);
    log::notice("lease " + nameOf(lease));
}

void Journal::leaseChanged(const LeaseRow& lease) {
    next_.leaseChanged(lease);
    log::debug("lease " + nameOf(lease) + " renewed");
}

void Journal::leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) {
    next_.leaseRemoved(lease, reason);
    log::notice("lease " + nameOf(lease) + ' ' + std::string(leaseRemovalName(reason)));
}

} // namespace otgnet
