// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// From checked settings to the typed configuration, with the checks that concern more than one key.
#pragma once

#include "core/config.hpp"

#include <string>
#include <vector>

namespace otgnet {

/// `settings` holds every key of the schema that is not kvmd's. What is accepted but not honoured goes into `warnings`.
/// Throws ConfigError.
Config buildConfig(const Settings& settings, std::vector<std::string>& warnings);

} // namespace otgnet
