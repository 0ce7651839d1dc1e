// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Everything on the machine that the service may touch, so that "leaves no trace" is one comparison.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace otgnet::guest {

struct Traces {
    std::vector<std::string> gadgets;           ///< directories of configfs
    std::vector<std::string> interfaces;        ///< network interfaces
    std::vector<std::string> tables;            ///< of nftables
    std::vector<std::string> profiles;          ///< files of the network managers below /run
    std::map<std::string, std::string> sysctls; ///< forwarding of each interface and of the machine
    bool operator==(const Traces&) const = default;
};

Traces traces();
std::ostream& operator<<(std::ostream& out, const Traces& traces);

} // namespace otgnet::guest
