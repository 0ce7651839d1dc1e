// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The tables of `leases` and `get`. Pure.
#pragma once

#include "ctl/snapshot.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace otgnet::ctl {

/// `legend`: with header and footer.
std::string leaseTable(const std::vector<Lease>& leases, bool legend, std::uint64_t nowUsec);

/// One row a key: key, value, where it comes from. `origins`: key -> origin.
std::string settingsTable(const Json& settings, const Json& origins, const std::vector<std::string>& keys, bool legend);

} // namespace otgnet::ctl
