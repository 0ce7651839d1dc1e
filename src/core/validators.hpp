// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's validators: what each takes, what it makes of it, and the words it refuses with. All of them throw Error
/// (InvalidConfig) with the reason only; the schema adds key, file and line. ConfigError has the place of an item.
#pragma once

#include "core/value.hpp"

#include <functional>
#include <string_view>

namespace otgnet {

/// From the value as it was written to the value that counts. The place goes along.
using Validator = std::function<Value(const Value&)>;

[[noreturn]] void refuse(const std::string& reason);
/// The same, where the item of a list stands.
[[noreturn]] void refuseItem(const Value& item, const std::string& reason);

namespace valid {

/// A number or a boolean as the text that it was written as. To YAML 1.1 are 010 eight, 12:00 720, and 1.10 the same as
/// 1.1; nobody means that who writes an address, a name or a time.
Value asWritten(const Value& value);

struct Bounds {
    std::int64_t min = 0;
    std::int64_t max = 0;
};

Value boolean(const Value& value);
Validator number(Bounds bounds, std::string_view name = "int");
Value atLeastTenth(const Value& value); ///< a float >= 0.1, in seconds
Value ethernetDriver(const Value& value);
/// Unlike kvmd from the text as it was written (no sexagesimal numbers), and without junk behind it or a multicast bit.
Value mac(const Value& value);
Value network(const Value& value);
Value ports(const Value& value);
Value strippedString(const Value& value);
Value notEmptyString(const Value& value);
Value options(const Value& value);
Value command(const Value& value);
Value fileName(const Value& value);
Value user(const Value& value);
Value absolutePath(const Value& value);

} // namespace valid

} // namespace otgnet
