// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// `otgnetctl status`: one screen, what a person wants to know first.
#pragma once

#include "ctl/snapshot.hpp"
#include "ctl/terminal.hpp"

#include <cstdint>
#include <string>

namespace otgnet::ctl {

/// Pure. `nowUsec`: µs since the epoch.
std::string statusScreen(const Snapshot& snapshot, const Style& style, std::uint64_t nowUsec);

/// "icmp, tcp 80 443; everything else is closed, IPv6 too"
std::string openText(const Snapshot& snapshot);

} // namespace otgnet::ctl
