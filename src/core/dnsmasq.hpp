// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The DHCP service that a dnsmasq command line describes.
#pragma once

#include "core/command.hpp"
#include "core/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace otgnet {

/// Placeholders in `command` are filled. What dnsmasq would do and we do not, and what would break a network manager,
/// becomes a warning that names the argument. Nothing if there is no --dhcp-range: then dnsmasq serves no DHCP.
std::optional<DhcpConfig> readDnsmasq(const Command& command, const NetConfig& net, std::vector<std::string>& warnings);

} // namespace otgnet
