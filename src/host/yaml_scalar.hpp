// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// YAML 1.1's scalars as PyYAML reads them for kvmd: octal and sexagesimal integers, floats only with a dot, dates; but
/// no boolean other than true and false.
#pragma once

#include "core/value.hpp"

#include <string>
#include <string_view>

namespace otgnet {

/// The tag of a plain scalar, "tag:yaml.org,2002:int" or the like.
std::string_view resolveScalar(std::string_view text);

/// The data of a scalar with that tag. Dates and integers beyond 64 bits become their text. Throws InvalidConfig with
/// the reason for what the tag does not fit, and for a tag that is not one of YAML's scalars.
Value::Data scalarData(std::string_view tag, const std::string& text);

} // namespace otgnet
