// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the options common to all verbs said.
#pragma once

#include <string>

namespace otgnet::ctl {

/// Exit codes; 77 is EX_NOPERM of sysexits(3).
enum ExitCode { exitDone = 0, exitFailed = 1, exitUsage = 2, exitNotAuthorized = 77 };

struct Options {
    bool json = false;
    bool noPager = false;
    bool noLegend = false;
    bool askPassword = true;
    std::string host; ///< "[USER@]HOST[:PORT][/CONTAINER]" whose bus is meant; "" = this machine's
};

} // namespace otgnet::ctl
