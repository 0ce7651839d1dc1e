// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/effective.hpp"

#include "core/config_builder.hpp"
#include "core/nearest_name.hpp"
#include "core/python.hpp"
#include "core/schema.hpp"
#include "core/tree.hpp"
#include "core/unknown_keys.hpp"

namespace otgnet {

namespace {

[[noreturn]] void noDictionary(const std::string& path, std::string_view layer, const Place& place) {
    throw ConfigError(path, place,
                      "The node " + python::repr(path) + " of " + std::string(layer) + " must be a dictionary");
}

/// kvmd's complaint about a section that is there but holds no keys, e.g. "otgnet:" with all of it commented out.
void checkSections(const Layers& layers, std::string_view path) {
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        const std::string section(path.substr(0, slash));
        for (const auto& [layer, tree] : {std::pair{"main", &layers.main}, std::pair{"override", &layers.override}}) {
            const Value* const node = findInTree(*tree, section);
            if (node != nullptr && !std::holds_alternative<Value::Map>(node->data))
                noDictionary(section, layer, node->place);
        }
    }
}

/// A value of the main file is a default: kvmd does not look at it again if it is equal to the built-in one.
Value defaultOf(const Key& key, const Value& main) {
    const Value* const written = findInTree(main, key.path);
    if (written == nullptr)
        return key.fallback;
    return python::equal(*written, key.fallback) ? Value{key.fallback.data, written->place, {}} : *written;
}

const Value* find(const Settings& settings, const std::string& path) {
    const auto found = settings.find(path);
    return found == settings.end() ? nullptr : &found->second;
}

/// The value and all in it stand at that place.
Value placed(Value value, const Place& place) {
    value.place = place;
    if (auto* const list = std::get_if<Value::List>(&value.data))
        for (Value& item : *list)
            item = placed(std::move(item), place);
    return value;
}

Value choose(const Key& key, const Layers& layers) {
    if (const Value* const value = find(layers.runtime, key.path))
        return placed(*value, {"runtime", 0});
    if (const Value* const value = find(layers.settings, key.path))
        return value->place.line == 0 ? placed(*value, {"settings", 0}) : *value; // written since the file was read
    if (const Value* const value = findInTree(layers.override, key.path))
        return *value;
    return defaultOf(key, layers.main);
}

std::string originOf(const Key& key, const Layers& layers, const Value& chosen) {
    const bool persisted = !layers.runtime.contains(key.path) && layers.settings.contains(key.path);
    return persisted ? "settings" : chosen.place.text();
}

std::string kvmdsKeyText(const std::string& path) {
    return "The key " + python::repr(path) + " belongs to kvmd; change it in kvmd's own files";
}

/// What comes over the bus is not as lenient as a file: a key that is none is an error.
void checkKeys(const Settings& settings) {
    for (const auto& [path, value] : settings) {
        const Key* const key = findKey(path);
        if (key == nullptr)
            throw ConfigError(path, value.place, unknownKeyText(path));
        if (key->group == KeyGroup::kvmd)
            throw ConfigError(path, value.place, kvmdsKeyText(path));
    }
}

void collect(const Value& tree, const std::string& path, Settings& settings, std::vector<std::string>& warnings) {
    if (!std::holds_alternative<Value::Map>(tree.data))
        noDictionary(path, "settings", tree.place);
    for (const auto& [name, value] : std::get<Value::Map>(tree.data)) {
        const std::string full = path.empty() ? name : path + '/' + name;
        const Key* const key = name.find('/') == std::string::npos ? findKey(full) : nullptr;
        if (key != nullptr && key->group == KeyGroup::kvmd)
            warnings.push_back(value.place.text() + ": " + kvmdsKeyText(full));
        else if (key != nullptr)
            settings.emplace(full, value);
        else if (isSection(full))
            collect(value, full, settings, warnings);
    }
}

} // namespace

LoadedConfig makeConfig(const Layers& layers) {
    LoadedConfig loaded;
    checkKeys(layers.settings);
    checkKeys(layers.runtime);
    warnOfUnknownKeys(layers.main, loaded.warnings);
    warnOfUnknownKeys(layers.override, loaded.warnings);
    for (const Key& key : allKeys()) {
        checkSections(layers, key.path);
        const Value chosen = choose(key, layers);
        const Value valid = validate(key, chosen);
        if (key.group == KeyGroup::kvmd)
            continue;
        loaded.origins.emplace(key.path, originOf(key, layers, chosen));
        loaded.settings.emplace(key.path, valid);
    }
    loaded.config = buildConfig(loaded.settings, loaded.warnings);
    return loaded;
}

Settings settingsOf(const Value& tree, std::vector<std::string>& warnings) {
    Settings settings;
    warnOfUnknownKeys(tree, warnings);
    collect(tree, "", settings, warnings);
    return settings;
}

} // namespace otgnet
