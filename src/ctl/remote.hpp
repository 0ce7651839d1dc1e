// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The machine that -H names, in the lines that a person is told to type.
#pragma once

#include <string>

namespace otgnet::ctl {

/// `command` for a person to run on `host`, "[USER@]HOST[:PORT][/CONTAINER]" as sd-bus takes it, "" = this machine:
/// with ssh in front, for a container, where no ssh leads, with its name. `sshOptions`: with a blank behind.
std::string onMachine(const std::string& host, const std::string& command, const std::string& sshOptions = "");

/// The word as a shell takes it.
std::string shellQuoted(const std::string& word);

} // namespace otgnet::ctl
