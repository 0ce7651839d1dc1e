// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// D-Bus values as JSON and back.
#pragma once

#include "base/sdbus.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace otgnet::ctl {

using Json = nlohmann::json;
using Properties = std::map<std::string, sdbus::Variant>;

/// All types of the interface. An empty "av" is null: the interface's way to say "no value". A lease becomes an
/// object {address, mac, hostname, expiry}, an error {name, text}. A type that a newer service may use is a text that
/// says so.
Json toJson(const sdbus::Variant& value);
Json toJson(const Properties& properties);

/// b, x, t (what x cannot hold), d, s, as, ax, aa{sv}, av or a{sv} by what the JSON holds; null becomes an empty av.
sdbus::Variant fromJson(const Json& value);

} // namespace otgnet::ctl
