// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd silently ignores what it does not know; a person wants to hear of a typing mistake.
#pragma once

#include "core/value.hpp"

#include <string>
#include <vector>

namespace otgnet {

/// One warning for every key under otg and otgnet that is none. Bounded in number and size.
void warnOfUnknownKeys(const Value& tree, std::vector<std::string>& warnings);

/// "unknown key; did you mean …?"
std::string unknownKeyText(const std::string& path);

} // namespace otgnet
