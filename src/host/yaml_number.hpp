// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The numbers of YAML 1.1.
#pragma once

#include "core/value.hpp"

#include <string>
#include <string_view>

namespace otgnet::yaml {

bool isInt(std::string_view text);   ///< "12", "0x1F", "017", "0b11", "1_000", "12:30"
bool isFloat(std::string_view text); ///< "1.5", ".5", "1.5e+3", "1:30.5", ".inf", ".nan"

/// An integer, or its decimal digits if it does not fit into 64 bits. Throws InvalidConfig.
Value::Data intData(std::string_view text);
Value::Data floatData(std::string_view text);

} // namespace otgnet::yaml
