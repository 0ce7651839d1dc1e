// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The dates of YAML 1.1. Nobody wants one in a configuration, but an unquoted 2001-01-01 is one.
#pragma once

#include "core/value.hpp"

#include <string_view>

namespace otgnet::yaml {

bool isTime(std::string_view text); ///< "2001-01-01", "2001-1-1 10:00:00.5 +1:00"

/// The date as Python writes it: "2001-01-01 10:00:00.500000+01:00". Throws InvalidConfig for one that does not exist.
Value::Data timeData(std::string_view text);

} // namespace otgnet::yaml
