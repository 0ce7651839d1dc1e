// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Lines for the journal: to stderr, with the priority in front where the journal reads it (sd-daemon(3)).
/// A failure is logged once, by whoever swallows it; who throws does not log.
#pragma once

#include <string_view>

namespace otgnet::log {

void error(std::string_view text);
void warning(std::string_view text);
void notice(std::string_view text); ///< what an administrator wants to see in normal operation
void info(std::string_view text);
void debug(std::string_view text); ///< shown only with OTGNET_DEBUG=1 in the environment

} // namespace otgnet::log
