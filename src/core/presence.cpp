// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/presence.hpp"

#include <algorithm>

namespace otgnet {

namespace {

bool configured(const Presence::Levels& levels) {
    return levels.bound && levels.state == "configured";
}

BootUsec usec(std::chrono::seconds time) {
    return static_cast<BootUsec>(std::chrono::microseconds(time).count());
}

std::string_view reasonOf(const Presence::Levels& levels) {
    if (!levels.bound)
        return "unbound";
    return configured(levels) && levels.carrier ? "suspended" : "unplugged";
}

} // namespace

Presence::Change Presence::update(const Levels& levels, BootUsec now) {
    if (!levels.suspended)
        suspendedAt_ = never;
    else if (suspendedAt_ == never)
        suspendedAt_ = now;
    if (!levels.bound && levels_.bound)
        staleNotice_ = levels.notices;
    levels_ = levels;

    if (!attached_ && up() && !asleepTooLong(now)) {
        attached_ = true;
        attachedAt_ = now;
        return Change::attached;
    }
    if (attached_ && gone(now)) {
        attached_ = false;
        reason_ = reasonOf(levels_);
        return Change::detached;
    }
    return Change::none;
}

Presence::Change Presence::assume(const Levels& levels, BootUsec now) {
    levels_ = levels;
    staleNotice_.reset();
    attachedAt_ = now;
    if (up() == attached_)
        return Change::none;
    attached_ = up();
    reason_ = reasonOf(levels_);
    return attached_ ? Change::attached : Change::detached;
}

bool Presence::up() const {
    return configured(levels_) && levels_.carrier && levels_.notices != staleNotice_; // empty: never equal
}

bool Presence::gone(BootUsec now) const {
    if (!levels_.bound)
        return true; // by our own doing or somebody's: nothing to wait for
    if (!up())
        return now >= attachedAt_ + settleTime;
    return asleepTooLong(now);
}

bool Presence::asleepTooLong(BootUsec now) const {
    return suspendDetach_.count() > 0 && suspendedAt_ != never && now >= suspendedAt_ + usec(suspendDetach_);
}

BootUsec Presence::deadline() const {
    if (!attached_)
        return never;
    const BootUsec settled = up() ? never : attachedAt_ + settleTime;
    const bool dozing = suspendDetach_.count() > 0 && suspendedAt_ != never;
    return std::min(settled, dozing ? suspendedAt_ + usec(suspendDetach_) : never);
}

} // namespace otgnet
