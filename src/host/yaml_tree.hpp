// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// From the graph of nodes to plain data: tags, merge keys, aliases and includes resolved.
#pragma once

#include "core/value.hpp"
#include "host/yaml_node.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace otgnet {

class YamlFiles;

class YamlTree {
public:
    YamlTree(YamlFiles& files, const std::filesystem::path& path) : files_(files), path_(path), file_(path.string()) {}

    /// Throws ConfigError.
    Value construct(const YamlNode& node) { return construct(node, placeOf(node)); }

private:
    using Entry = std::pair<const YamlNode*, const YamlNode*>;

    Place placeOf(const YamlNode& node) const { return {file_, node.line}; }
    [[noreturn]] void fail(const Place& place, const std::string& why) const;

    /// `place` is where a person looks for it: the line of the key for what has one.
    Value construct(const YamlNode& node, const Place& place);
    Value constructTagged(const YamlNode& node, const Place& place);
    Value scalar(const YamlNode& node, const Place& place) const;
    Value list(const YamlNode& node, const Place& place);
    Value pairs(const YamlNode& node, const Place& place);
    Value map(const YamlNode& node, const Place& place);
    Value set(const YamlNode& node, const Place& place);
    Value include(const YamlNode& node, const Place& place);
    std::string keyName(const YamlNode& key);
    /// Key and value of a mapping, merged ones first, so that the last of equal keys counts. Made once: it may be
    /// merged in many places.
    const std::vector<Entry>& entries(const YamlNode& node);
    void merge(const YamlNode& source, std::vector<Entry>& entries);

    YamlFiles& files_;
    const std::filesystem::path& path_;
    std::string file_;
    std::size_t depth_ = 0;
    std::set<const YamlNode*> open_; ///< lists and mappings that are being constructed
    std::map<const YamlNode*, std::vector<Entry>> entries_;
};

} // namespace otgnet
