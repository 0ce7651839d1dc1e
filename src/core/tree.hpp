// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Trees of sections as files hold them: how kvmd lays one over the other, and what it has renamed over the years.
#pragma once

#include "core/value.hpp"

#include <string_view>

namespace otgnet {

/// Lays `over` on `under`: maps are merged key by key, everything else replaces what was there, null too.
void mergeTree(Value& under, Value over);

/// Moves the keys that kvmd had elsewhere in older releases to where they are today. The old one wins.
void applyLegacyAliases(Value& tree);

/// The value at "otgnet/iface/net"; null if there is none.
const Value* findInTree(const Value& tree, std::string_view path);

} // namespace otgnet
