// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd silently ignores what it does not know; a person wants to hear of a typing mistake.
#pragma once

#include "core/value.hpp"

#include <string>
#include <vector>

namespace otgnet {

/// One warning for every key under otg and otgnet that is none, and for what should stand there. Bounded in number and
/// size.
void warnOfUnknownKeys(const Value& tree, std::vector<std::string>& warnings);

/// Whether a top-level name that is none of ours looks like one that should be: "otgnett", "iface".
bool isMisplaced(const std::string& name);

} // namespace otgnet
