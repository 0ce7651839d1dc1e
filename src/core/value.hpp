// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A configuration value with the place it came from: what YAML files and the bus have in common.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace otgnet {

/// Where a value stands. `file` is a path, or "default", "runtime" or "settings"; `line` counts from 1, 0 means none.
struct Place {
    std::string file;
    unsigned line = 0;

    std::string text() const; ///< "/etc/kvmd/override.yaml:14" or "runtime"
    bool operator==(const Place&) const = default;
};

/// A tree of plain data. Equality is that of the data; the place does not count.
struct Value {
    using List = std::vector<Value>;
    using Map = std::map<std::string, Value>;
    using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map>;

    Data data;
    Place place;
    std::string raw; ///< of a scalar that is no text how it was written (a MAC is read from this)

    bool isNull() const { return std::holds_alternative<std::monostate>(data); }
    bool operator==(const Value& other) const { return data == other.data; }
};

/// Effective keys ("otg/devices/ethernet/driver") and their values.
using Settings = std::map<std::string, Value>;

} // namespace otgnet
