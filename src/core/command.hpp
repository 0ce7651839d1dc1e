// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's hook commands: a command, what is removed from it and what is appended to it.
#pragma once

#include "core/value.hpp"

#include <string>
#include <vector>

namespace otgnet {

/// One word of a command with the key and the place it came from.
struct Argument {
    std::string text;
    std::string key;
    Place place;
};
using Command = std::vector<Argument>;

/// The effective command of "pre_start", "post_start", "pre_stop" or "post_stop": the first word always stays, words
/// that are removed are compared before placeholders are filled, what is appended is not filtered.
Command hookCommand(const Settings& settings, const std::string& hook);

std::vector<std::string> wordsOf(const Command& command);

/// kvmd's own defaults, which are not run: they mean our DHCP service, or nothing at all.
bool isIdle(const Command& command);        ///< /bin/true
bool startsDnsmasq(const Command& command); ///< systemd-run … dnsmasq …
bool stopsDnsmasq(const Command& command);  ///< systemctl stop kvmd-otgnet-dnsmasq
bool namesDnsmasqUnit(const Command& command);

/// The word of a systemd-run command that names what it runs; the end for what is no such command.
Command::const_iterator startedProgram(const Command& command);

} // namespace otgnet
