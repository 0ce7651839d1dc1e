// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The text of settings.yaml.
#pragma once

#include "core/value.hpp"

#include <string>

namespace otgnet {

/// YAML that reads back as the same values, with a comment on top that says who writes the file.
std::string settingsText(const Settings& settings);

} // namespace otgnet
