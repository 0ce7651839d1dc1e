// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/config_files.hpp"

#include "base/file.hpp"
#include "core/schema.hpp"
#include "core/tree.hpp"
#include "core/unknown_keys.hpp"
#include "host/settings_text.hpp"
#include "host/yaml_files.hpp"

#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

Value emptyTree() {
    return Value{Value::Map{}, {}, {}};
}

void lay(Value& tree, std::optional<Value> layer) {
    if (layer)
        mergeTree(tree, std::move(*layer));
}

struct Trees {
    Value main = emptyTree();
    Value override = emptyTree();
};

/// The old main file says itself what overrides it, usually "override: !include [override.d, override.yaml]".
Trees oldTrees(Value main) {
    Trees trees{std::move(main), emptyTree()};
    auto& keys = std::get<Value::Map>(trees.main.data);
    const auto found = keys.find("override");
    if (found == keys.end())
        return trees;
    if (!found->second.isNull() && !std::holds_alternative<Value::Map>(found->second.data))
        throw ConfigError("override", found->second.place, "The node 'override' must be a dictionary");
    if (!found->second.isNull())
        trees.override = std::move(found->second);
    keys.erase(found);
    return trees;
}

Trees kvmdTrees(YamlFiles& files, const fs::path& root) {
    std::optional<Value> main = files.load(root / "usr/lib/kvmd/main.yaml");
    if (!main)
        if (std::optional<Value> old = files.load(root / "etc/kvmd/main.yaml"))
            return oldTrees(std::move(*old));
    Trees trees;
    lay(trees.main, std::move(main));
    for (const fs::path& path : files.list(root / "etc/kvmd/override.d"))
        lay(trees.override, files.load(path));
    lay(trees.override, files.load(root / "etc/kvmd/override.yaml"));
    return trees;
}

/// What makeConfig() looks at: of kvmd's whole configuration, which is large, only what we know, and mistakes.
Value relevant(const Value& node, const std::string& path) {
    const auto* const map = std::get_if<Value::Map>(&node.data);
    if (map == nullptr || path == "otg" || path == "otgnet")
        return node;
    Value::Map kept;
    for (const auto& [name, child] : *map) {
        const std::string full = path.empty() ? name : path + '/' + name;
        if (findKey(full) != nullptr || isSection(full))
            kept.emplace(name, relevant(child, full));
        else if (path.empty() && isMisplaced(name))
            kept.emplace(name, Value{{}, child.place, {}});
    }
    return {std::move(kept), node.place, {}};
}

} // namespace

class ConfigFiles::StagedSettings final : public Staged {
public:
    StagedSettings(ConfigFiles& owner, Settings settings)
        : owner_(owner), settings_(std::move(settings)), text_(settingsText(settings_)) {
        constexpr mode_t readableByAll = 0644;
        if (!isThere())
            writeFileAtomic(beside(), text_, readableByAll, ErrorCode::ReadOnly);
    }
    ~StagedSettings() override { ::unlink(beside().c_str()); }

    void commit() override {
        if (!isThere())
            replaceFile(beside(), owner_.settingsPath(), ErrorCode::ReadOnly);
        if (!owner_.good_)
            return;
        owner_.good_->layers.settings = std::move(settings_);
        owner_.good_->warnings.clear(); // of what stood in there
    }

private:
    fs::path beside() const { return owner_.settingsPath().string() + ".next"; }
    /// Nothing has to be written: a disk that is read-only is no obstacle then.
    bool isThere() const {
        const auto text = readFileIfExists(owner_.settingsPath());
        return text ? *text == text_ : settings_.empty();
    }

    ConfigFiles& owner_;
    Settings settings_;
    std::string text_;
};

LoadedConfig ConfigFiles::load(const Settings& runtime) {
    Content content = read(std::nullopt);
    content.layers.runtime = runtime;
    LoadedConfig loaded = make(std::move(content));
    malloc_trim(0); // the trees of kvmd's whole configuration are gone, their memory shall be too
    return loaded;
}

bool ConfigFiles::isCurrent() const {
    return good_ && good_->stamps.areCurrent();
}

LoadedConfig ConfigFiles::relay(const Settings& runtime, const std::optional<Settings>& settings) {
    if (!good_) {
        Content content = read(settings);
        content.layers.runtime = runtime;
        LoadedConfig loaded = make(std::move(content));
        if (settings) // which may never get to the disk
            good_.reset();
        return loaded;
    }
    Layers layers = good_->layers;
    layers.runtime = runtime;
    if (settings)
        layers.settings = *settings;
    LoadedConfig loaded = makeConfig(layers);
    if (!settings)
        loaded.warnings.insert(loaded.warnings.end(), good_->warnings.begin(), good_->warnings.end());
    return loaded;
}

/// Remembers what was read if it is valid.
LoadedConfig ConfigFiles::make(Content content) {
    LoadedConfig loaded = makeConfig(content.layers);
    loaded.warnings.insert(loaded.warnings.end(), content.warnings.begin(), content.warnings.end());
    good_ = {{relevant(content.layers.main, ""), relevant(content.layers.override, ""), content.layers.settings, {}},
             std::move(content.warnings),
             std::move(content.stamps)};
    return loaded;
}

ConfigFiles::Content ConfigFiles::read(const std::optional<Settings>& settings) const {
    YamlFiles files(root_, now_());
    Trees trees = kvmdTrees(files, root_);
    applyLegacyAliases(trees.main);
    applyLegacyAliases(trees.override);
    Value own = files.load(root_ / "etc/otgnet/otgnet.yaml").value_or(emptyTree());
    applyLegacyAliases(own);
    mergeTree(trees.override, std::move(own));

    Content content{{std::move(trees.main), std::move(trees.override), {}, {}}, {}, {}};
    content.layers.settings =
        settings ? *settings : settingsOf(files.load(settingsPath()).value_or(emptyTree()), content.warnings);
    content.stamps = files.stamps();
    return content;
}

Settings ConfigFiles::persisted() {
    std::vector<std::string> warnings;
    return settingsOf(YamlFiles(root_).load(settingsPath()).value_or(emptyTree()), warnings);
}

std::unique_ptr<ConfigPort::Staged> ConfigFiles::stage(const Settings& settings) {
    return std::make_unique<StagedSettings>(*this, settings);
}

} // namespace otgnet
