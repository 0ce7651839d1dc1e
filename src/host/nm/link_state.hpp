// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Where our link stands with NetworkManager. Pure.
#pragma once

#include "host/nm/manager.hpp"

#include <cstdint>
#include <string>

namespace otgnet::nm {

enum class LinkState {
    absent,     ///< NetworkManager does not run
    missing,    ///< it knows no such device (yet)
    unmanaged,  ///< it keeps its hands off
    down,       ///< managed, but not brought up: it takes it for somebody else's work. There can be no carrier
    waiting,    ///< no carrier: it activates our profile when there is
    idle,       ///< carrier, and nothing is being activated
    activating, ///< on the way, or between two states
    foreign,    ///< another profile has the device
    failed,     ///< the activation of ours failed
    active,     ///< ours is active
};

/// `failed`: an activation has failed since the last one that went well.
LinkState judge(bool running, const DeviceFacts& device, bool failed);

/// What settle() waits for, once it has lasted for its time.
bool isSettled(LinkState state);

/// How long a state may last before it is treated as trouble, or believed, in µs.
std::uint64_t patience(LinkState state);

/// What it means and what to do about it, for a state that does not settle.
std::string explain(LinkState state, const IfName& ifname, const DeviceFacts& device);

} // namespace otgnet::nm
