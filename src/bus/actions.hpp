// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Which polkit action guards which method. The policy file and the XML say the same; a test compares them.
#pragma once

#include <array>
#include <string_view>

namespace otgnet {

struct GuardedMethod {
    std::string_view method;
    std::string_view action;
};

inline constexpr std::string_view controlAction = "org.pikvm.OtgNet.control";
inline constexpr std::string_view configureAction = "org.pikvm.OtgNet.configure";

inline constexpr std::array guardedMethods{
    GuardedMethod{"Enable", controlAction},      GuardedMethod{"Disable", controlAction},
    GuardedMethod{"Replug", controlAction},      GuardedMethod{"Reload", controlAction},
    GuardedMethod{"SetConfig", configureAction}, GuardedMethod{"ResetConfig", configureAction},
};

/// Methods that only read: free for everybody.
inline constexpr std::array<std::string_view, 3> openMethods{"GetConfig", "GetConfigOrigins", "GetChoices"};

/// Throws NotAuthorized for a method that is not in the table: nothing is allowed by being forgotten.
std::string_view actionOf(std::string_view method);

} // namespace otgnet
