// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The arithmetic of `allow` and `deny`. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace otgnet::ctl {

using Ports = std::vector<std::uint16_t>;

/// Decimal. Throws UsageError.
std::uint16_t portFrom(const std::string& text);

/// Sorted and unique.
Ports withPorts(Ports open, const Ports& more);
Ports withoutPorts(Ports open, const Ports& less);

} // namespace otgnet::ctl
