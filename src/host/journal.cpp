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
    if (first_ || status.state != state_)
        noteState(status);
    if (status.lastError != lastError_ && !status.lastError.name.empty())
        log::error(status.lastError.name + ": " + status.lastError.text);
    for (const std::string& warning : status.warnings)
        if (std::find(warnings_.begin(), warnings_.end(), warning) == warnings_.end())
            log::warning(warning);
    first_ = false;
    state_ = status.state;
    lastError_ = status.lastError;
    warnings_ = status.warnings;
    next_.show(status);
}

void Journal::noteState(const Status& status) const {
    const std::string state(stateName(status.state));
    log::info("state: " + state);
    sd_notify(0, ("STATUS=" + state).c_str());
}

void Journal::hostAttached(const std::string& udc, const std::string& speed) {
    log::notice("a host is attached to " + udc + ", " + speed);
    next_.hostAttached(udc, speed);
}

void Journal::hostDetached(const std::string& udc, const std::string& reason) {
    log::notice("the host is detached from " + udc + ": " + reason);
    next_.hostDetached(udc, reason);
}

void Journal::leaseAdded(const LeaseRow& lease) {
    log::notice("lease " + nameOf(lease));
    next_.leaseAdded(lease);
}

void Journal::leaseChanged(const LeaseRow& lease) {
    log::debug("lease " + nameOf(lease) + " renewed");
    next_.leaseChanged(lease);
}

void Journal::leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) {
    log::notice("lease " + nameOf(lease) + ' ' + std::string(leaseRemovalName(reason)));
    next_.leaseRemoved(lease, reason);
}

} // namespace otgnet
