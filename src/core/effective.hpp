// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// From what the files hold to the configuration that counts. Pure; the files are read by src/host/config_files.
#pragma once

#include "core/config.hpp"

#include <string>
#include <vector>

namespace otgnet {

/// What was read, lowest layer first. The trees are those of kvmd (a value of `main` only stands where `override` has
/// none); /etc/otgnet/otgnet.yaml is already laid on `override`, and the legacy aliases are applied.
struct Layers {
    Value main;
    Value override;
    Settings settings; ///< settings.yaml
    Settings runtime;
};

/// Checks every key and puts the typed configuration together. Throws ConfigError.
LoadedConfig makeConfig(const Layers& layers);

/// The keys that a settings.yaml sets. What is no key, or one of kvmd's, becomes a warning. Throws ConfigError for a
/// section that is no dictionary.
Settings settingsOf(const Value& tree, std::vector<std::string>& warnings);

} // namespace otgnet
