// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/config_layers.hpp"

#include "core/nearest_name.hpp"
#include "core/schema.hpp"

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

bool ConfigLayers::load() {
    if (loaded_ && files_.isCurrent())
        return false;
    current_ = files_.load(runtime_);
    loaded_ = true;
    return true;
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
    return change(std::move(runtime), persisted);
}

ConfigLayers::Before ConfigLayers::reset(const std::vector<std::string>& keys, bool persist) {
    for (const std::string& key : keys)
        if (const Key* const known = findKey(key); known == nullptr || known->group == KeyGroup::kvmd)
            throw ConfigError(key, Place{"runtime"},
                              known == nullptr ? unknownKeyText(key) : "belongs to kvmd, and is not set here");
    Settings runtime = runtime_;
    erase(runtime, keys);
    std::optional<Settings> persisted;
    if (persist) {
        persisted = keys.empty() ? Settings{} : files_.persisted(); // all of a file that is broken can go, too
        erase(*persisted, keys);
    }
    return change(std::move(runtime), persisted);
}

ConfigLayers::Before ConfigLayers::change(Settings runtime, const std::optional<Settings>& persisted) {
    LoadedConfig next = files_.relay(runtime, persisted);
    staged_ = persisted ? files_.stage(*persisted) : nullptr;
    return {std::exchange(current_, std::move(next)), std::exchange(runtime_, std::move(runtime)),
            std::exchange(loaded_, true)};
}

void ConfigLayers::commit() {
    if (const auto staged = std::exchange(staged_, nullptr))
        staged->commit();
}

void ConfigLayers::restore(Before before) {
    staged_.reset();
    current_ = std::move(before.config);
    runtime_ = std::move(before.runtime);
    loaded_ = before.loaded;
}

} // namespace otgnet
