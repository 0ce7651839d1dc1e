// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The configuration in force, and the two layers of it that the bus can change: runtime and persisted.
#pragma once

#include "core/ports.hpp"

namespace otgnet {

class ConfigLayers {
public:
    explicit ConfigLayers(ConfigPort& files) : files_(files) {}

    /// Reads the files anew. Throws ConfigError and keeps what was in force.
    void load();
    bool loaded() const { return loaded_; }
    const LoadedConfig& current() const { return current_; }

    /// What restore() needs to take a change back.
    struct Before {
        LoadedConfig config;
        Settings runtime;
        std::optional<Settings> persisted; ///< empty: the file was not touched
    };
    /// All or nothing: validated together with everything below, then written if `persist`. ConfigError, ReadOnly.
    Before set(const Settings& changes, bool persist);
    /// Takes the named keys back (all of them if none is named). ConfigError for a key that does not exist.
    Before reset(const std::vector<std::string>& keys, bool persist);
    void restore(const Before& before);

private:
    Before change(Settings runtime, std::optional<Settings> persisted);

    ConfigPort& files_;
    LoadedConfig current_;
    Settings runtime_;
    bool loaded_ = false;
};

} // namespace otgnet
