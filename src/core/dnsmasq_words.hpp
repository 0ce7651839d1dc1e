// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// dnsmasq's command line cut into options, as getopt_long() does it.
#pragma once

#include "core/command.hpp"

#include <string>
#include <vector>

namespace otgnet {

struct DnsmasqOption {
    std::string name;  ///< the long one without dashes, "" for a word that is no option of dnsmasq's
    std::string value; ///< "" = none
    Argument argument; ///< the word as it stands in the command, for warnings
};

/// The words behind the program that systemd-run starts.
std::vector<DnsmasqOption> dnsmasqOptions(const Command& command);

/// Text cut at commas, without the blanks around each part.
std::vector<std::string> cutAtCommas(const std::string& text);

} // namespace otgnet
