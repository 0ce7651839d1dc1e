// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The table inet otgnet as text for nft(8).
#pragma once

#include "core/plan.hpp"

#include <string>

namespace otgnet {

/// One transaction that puts the table up in place of the one that may be there. Ports may come in any order, and
/// twice. Understood by nft 1.0.6 and newer.
std::string ruleset(const FirewallPlan& plan);
/// One transaction after which there is no such table, whether there was one or not.
std::string rulesetRemoval();

} // namespace otgnet
