// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The one table of all keys: kvmd's own paths under otg and otgnet, and ours beside them. Files, SetConfig, GetConfig
/// and error texts all come from it.
#pragma once

#include "core/validators.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

namespace otgnet {

enum class KeyGroup {
    gadget,   ///< the device: ids, strings, controller
    ethernet, ///< otg/devices/ethernet
    network,  ///< otgnet/iface and otgnet/firewall
    commands, ///< otgnet/commands
    link,     ///< otgnet/link, ours
    dhcp,     ///< otgnet/dhcp, ours
    kvmd,     ///< of kvmd's other functions: checked as kvmd does, neither shown nor set by us
};

/// What a value that is "nothing" (kvmd's if_none and if_empty) turns into without being checked.
enum class Nothing { refused, nullStaysNull, emptyIsEmptyText };

struct Key {
    std::string path;
    KeyGroup group = KeyGroup::kvmd;
    Value fallback; ///< the default, as if it were written in a file
    Validator check;
    Nothing nothing = Nothing::refused;
    std::vector<std::string> choices{}; ///< the words that it can be, if it is one of some
};

/// All keys in the order in which kvmd looks at them, so that of two errors the same one is reported; ours last.
std::span<const Key> allKeys();
/// Null if there is none.
const Key* findKey(std::string_view path);
/// "otgnet/iface" is one: a part of some key's path.
const std::set<std::string, std::less<>>& allSections();
bool isSection(std::string_view path);

/// The value that counts. Throws ConfigError with the key, the place and kvmd's words.
Value validate(const Key& key, const Value& value);

} // namespace otgnet
