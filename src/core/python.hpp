// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What kvmd's rules take for granted because they are written in Python: how a value turns into text, and which text
/// is a number.
#pragma once

#include "core/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace otgnet::python {

std::string str(const Value& value);
std::string repr(const Value& value);
std::string repr(std::string_view text);
std::string floatText(double number); ///< "3.0", "1e+16", "inf"

/// bool(value)
bool truth(const Value& value);
/// left == right, where 1, 1.0 and True are the same.
bool equal(const Value& left, const Value& right);

/// int(text, base): blanks around it, a sign, single underscores and the digits of all scripts are fine; with base 16
/// also a prefix 0x. Nothing for what int() refuses or what does not fit.
std::optional<std::int64_t> toInt(std::string_view text, int base = 10);
/// float(text)
std::optional<double> toFloat(std::string_view text);

std::string lower(std::string_view text); ///< of ASCII letters; no other letter becomes one that a rule asks for
/// os.path.abspath() of a process that runs in "/", as system services do.
std::string absolutePath(std::string_view path);

} // namespace otgnet::python
