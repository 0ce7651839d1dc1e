// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The configuration in force, and the two layers of it that the bus can change: runtime and persisted.
#pragma once

#include "core/ports.hpp"

namespace otgnet {

class ConfigLayers {
public:
    explicit ConfigLayers(ConfigPort& files) : files_(files) {}

    /// Reads the files anew if they have changed, and says whether they have. Throws ConfigError and keeps what was in
    /// force.
    bool load();
    bool loaded() const { return loaded_; }
    const LoadedConfig& current() const { return current_; }

    /// What restore() needs to take a change back.
    struct Before {
        LoadedConfig config;
        Settings runtime;
        bool loaded = false;
    };
    // A change is validated together with everything below, all or nothing, and counts from then on. It is on the disk
    // with commit() only.
    /// ConfigError, ReadOnly.
    Before set(const Settings& changes, bool persist);
    /// Takes the named keys back (all of them if none is named). ConfigError for a key that does not exist.
    Before reset(const std::vector<std::string>& keys, bool persist);
    void commit(); ///< ReadOnly
    void restore(Before before);

private:
    Before change(Settings runtime, const std::optional<Settings>& persisted);

    ConfigPort& files_;
    LoadedConfig current_;
    Settings runtime_;
    bool loaded_ = false;
    std::unique_ptr<ConfigPort::Staged> staged_;
};

} // namespace otgnet
