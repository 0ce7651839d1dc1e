// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/config_files.hpp"

#include "base/file.hpp"
#include "core/tree.hpp"
#include "host/settings_text.hpp"
#include "host/yaml_files.hpp"

#include <malloc.h>

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
    for (const fs::path& path : YamlFiles::list(root / "etc/kvmd/override.d"))
        lay(trees.override, files.load(path));
    lay(trees.override, files.load(root / "etc/kvmd/override.yaml"));
    return trees;
}

} // namespace

LoadedConfig ConfigFiles::load(const Settings& runtime, const std::optional<Settings>& settings) {
    LoadedConfig loaded = read(runtime, settings);
    malloc_trim(0); // the trees of kvmd's whole configuration are gone, their memory shall be too
    return loaded;
}

LoadedConfig ConfigFiles::read(const Settings& runtime, const std::optional<Settings>& settings) const {
    YamlFiles files(root_);
    Trees trees = kvmdTrees(files, root_);
    applyLegacyAliases(trees.main);
    applyLegacyAliases(trees.override);
    Value own = files.load(root_ / "etc/otgnet/otgnet.yaml").value_or(emptyTree());
    applyLegacyAliases(own);
    mergeTree(trees.override, std::move(own));

    Layers layers{std::move(trees.main), std::move(trees.override), {}, runtime};
    std::vector<std::string> warnings;
    layers.settings = settings ? *settings : settingsOf(files.load(settingsPath()).value_or(emptyTree()), warnings);
    LoadedConfig loaded = makeConfig(layers);
    loaded.warnings.insert(loaded.warnings.end(), warnings.begin(), warnings.end());
    return loaded;
}

Settings ConfigFiles::persisted() {
    std::vector<std::string> warnings;
    return settingsOf(YamlFiles(root_).load(settingsPath()).value_or(emptyTree()), warnings);
}

void ConfigFiles::persist(const Settings& settings) {
    constexpr mode_t readableByAll = 0644;
    writeFileAtomic(settingsPath(), settingsText(settings), readableByAll, ErrorCode::ReadOnly);
}

} // namespace otgnet
