// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// polkit's text agent, so that a password can be typed on this terminal, as systemctl has it.
#pragma once

#include <sys/types.h>

namespace otgnet::ctl {

/// Runs pkttyagent for as long as it lives; does nothing for root and without a terminal. No agent is no error: polkit
/// may have another one, and says so if it has not.
class PasswordAgent {
public:
    PasswordAgent();
    PasswordAgent(const PasswordAgent&) = delete;
    PasswordAgent& operator=(const PasswordAgent&) = delete;
    ~PasswordAgent();

private:
    pid_t child_ = -1;
};

} // namespace otgnet::ctl
