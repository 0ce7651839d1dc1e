// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What to tell a person (and the shell) when a call failed.
#pragma once

#include "ctl/options.hpp"

#include <string>

namespace otgnet::ctl {

struct Failure {
    int exitCode = exitFailed;
    std::string name; ///< D-Bus error name
    std::string text; ///< what happened
    std::string hint; ///< what to do next, "" = the text says it already

    bool operator==(const Failure&) const = default;
};

/// Pure. `name` and `text` as they came over the bus; the host decides whom the hint speaks to.
Failure explain(const std::string& name, const std::string& text, const Options& options);

/// To standard error for people; with --json to standard output as {"error": {…}}, in one line as that of a monitor
/// must be. To standard error, too, if the output is what failed.
void report(const Failure& failure, const Options& options);

} // namespace otgnet::ctl
