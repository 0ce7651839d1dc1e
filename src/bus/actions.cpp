// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/actions.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace otgnet {

std::string_view actionOf(std::string_view method) {
    const auto* row = std::find_if(guardedMethods.begin(), guardedMethods.end(),
                                   [&](const GuardedMethod& guarded) { return guarded.method == method; });
    if (row == guardedMethods.end())
        throw Error(ErrorCode::NotAuthorized, "no polkit action is declared for " + std::string(method));
    return row->action;
}

} // namespace otgnet
