// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Lengths of time as people and dnsmasq write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace otgnet {

/// "300", "45s", "90m", "24h", "7d", "1w"; a plain number is seconds. Nothing for anything else or beyond 32 bits.
std::optional<std::chrono::seconds> parseDuration(std::string_view text);

} // namespace otgnet
