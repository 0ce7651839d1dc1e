// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/presence.hpp"

#include <algorithm>
#include <utility>

namespace otgnet {

namespace {

bool configured(const Presence::Levels& levels) {
    return levels.bound && levels.state == "configured";
}

/// Some controllers tell of the suspend in the state, which is "configured" again afterwards.
bool asleep(const Presence::Levels& levels) {
    return levels.bound && levels.state == "suspended";
}

BootUsec usec(std::chrono::seconds time) {
    return static_cast<BootUsec>(std::chrono::microseconds(time).count());
}

std::string_view reasonOf(const Presence::Levels& levels) {
    if (!levels.bound)
        return "unbound";
    return (configured(levels) || asleep(levels)) && levels.carrier ? "suspended" : "unplugged";
}

} // namespace

Presence::Change Presence::update(const Levels& levels, BootUsec now) {
    if (!levels.suspended)
        suspendedAt_ = never;
    else if (suspendedAt_ == never)
        suspendedAt_ = now;
    const bool boundAnew = noteBinding(levels);
    levels_ = levels;
    if (attached_ && (boundAnew || gone(now))) {
        attached_ = false;
        reason_ = boundAnew ? "unbound" : reasonOf(levels_);
        return Change::detached;
    }
    if (!attached_ && up() && !asleepTooLong(now)) {
        attached_ = true;
        attachedAt_ = now;
        return Change::attached;
    }
    return Change::none;
}

/// Whether it is another one than before. What the state says means nothing until there is word of it after the bind; a
/// kernel that does not number them tells no more than the unbind.
bool Presence::noteBinding(const Levels& levels) {
    if (levels.binding == 0) {
        if (levels_.bound && !levels.bound)
            staleNotice_ = levels.notices;
        return false;
    }
    if (std::exchange(binding_, levels.binding) == levels.binding)
        return false;
    staleNotice_ = levels_.notices;
    return true;
}

Presence::Change Presence::assume(const Levels& levels, BootUsec now) {
    levels_ = levels;
    binding_ = levels.binding;
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

/// What is enough for a host to stay, though not to come.
bool Presence::holds() const {
    return up() || (asleep(levels_) && levels_.carrier);
}

bool Presence::gone(BootUsec now) const {
    if (!levels_.bound || asleepTooLong(now))
        return true; // the former by our own doing or somebody's: nothing to wait for
    return !holds() && now >= attachedAt_ + settleTime;
}

bool Presence::asleepTooLong(BootUsec now) const {
    return suspendDetach_.count() > 0 && suspendedAt_ != never && now >= suspendedAt_ + usec(suspendDetach_);
}

BootUsec Presence::deadline() const {
    if (!attached_)
        return never;
    const BootUsec settled = holds() ? never : attachedAt_ + settleTime;
    const bool dozing = suspendDetach_.count() > 0 && suspendedAt_ != never;
    return std::min(settled, dozing ? suspendedAt_ + usec(suspendDetach_) : never);
}

} // namespace otgnet
