// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/config_layers.hpp"

#include <utility>

namespace otgnet {

namespace {

void erase(Settings& settings, const std::vector<std::string>& keys) {
    if (keys.empty())
        settings.clear();
    for (const std::string& key : keys)
        settings.erase(key);
}

} // namespace

void ConfigLayers::load() {
    current_ = files_.load(runtime_, std::nullopt);
    loaded_ = true;
}

ConfigLayers::Before ConfigLayers::set(const Settings& changes, bool persist) {
    Settings runtime = runtime_;
    std::optional<Settings> persisted;
    if (persist)
        persisted = files_.persisted();
    for (const auto& [key, value] : changes) {
        runtime.erase(key); // what is persisted must not be hidden by an older runtime value
        (persist ? *persisted : runtime)[key] = value;
    }
    return change(std::move(runtime), std::move(persisted));
}

ConfigLayers::Before ConfigLayers::reset(const std::vector<std::string>& keys, bool persist) {
    for (const std::string& key : keys)
        if (!current_.settings.contains(key))
            throw ConfigError(key, Place{"runtime"}, "there is no such key");
    Settings runtime = runtime_;
    erase(runtime, keys);
    std::optional<Settings> persisted;
    if (persist) {
        persisted = files_.persisted();
        erase(*persisted, keys);
    }
    return change(std::move(runtime), std::move(persisted));
}

ConfigLayers::Before ConfigLayers::change(Settings runtime, std::optional<Settings> persisted) {
    LoadedConfig next = files_.load(runtime, persisted);
    Before before{current_, runtime_, std::nullopt};
    if (persisted) {
        before.persisted = files_.persisted();
        files_.persist(*persisted);
    }
    current_ = std::move(next);
    runtime_ = std::move(runtime);
    loaded_ = true;
    return before;
}

void ConfigLayers::restore(const Before& before) {
    if (before.persisted)
        files_.persist(*before.persisted);
    current_ = before.config;
    runtime_ = before.runtime;
}

} // namespace otgnet
