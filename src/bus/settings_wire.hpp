// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Settings as they travel in SetConfig and GetConfig (a{sv}). Which types are taken and given: the XML.
#pragma once

#include "base/sdbus.hpp"
#include "core/value.hpp"

#include <map>
#include <string>
#include <vector>

namespace otgnet {

using WireSettings = std::map<std::string, sdbus::Variant>;

/// A list of dictionaries of lists; D-Bus itself would take 64. How much a call may carry at all: CallLimit.
constexpr unsigned maxWireDepth = 4;

/// From the bus. Throws InvalidConfig with the key for what is nested too deep or of no type that YAML knows.
Settings settingsFromWire(const WireSettings& wire);
/// To the bus. Texts are made printable.
WireSettings settingsToWire(const Settings& settings);
/// Refuses what is no path of words and slashes, so that a key can be shown to a person. Throws InvalidConfig.
void checkKeys(const std::vector<std::string>& keys);

} // namespace otgnet
