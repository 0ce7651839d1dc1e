// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A temporary root with configuration files in it.
#pragma once

#include "host/config_files.hpp"
#include "support/temporary_directory.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace otgnet::test {

class ConfigTree {
public:
    ConfigTree() : root_(support::makeTemporaryDirectory("config")) {}
    explicit ConfigTree(const std::string& override) : ConfigTree() { write("etc/kvmd/override.yaml", override); }
    ConfigTree(const ConfigTree&) = delete;
    ConfigTree& operator=(const ConfigTree&) = delete;
    ~ConfigTree() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    const std::filesystem::path& root() const { return root_; }
    std::string path(const std::string& name) const { return (root_ / name).string(); }
    void write(const std::string& name, const std::string& text) {
        std::filesystem::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name, std::ios::binary) << text;
    }
    LoadedConfig load(const Settings& runtime = {}, const std::optional<Settings>& settings = std::nullopt) const {
        return settings ? ConfigFiles(root_).relay(runtime, settings) : ConfigFiles(root_).load(runtime);
    }

private:
    std::filesystem::path root_;
};

struct Failure {
    std::string key;
    std::string place;
    bool operator==(const Failure&) const = default;
};

/// The error that the tree makes, with its place below the root.
inline Failure failure(const ConfigTree& tree) {
    try {
        tree.load();
    } catch (const ConfigError& error) {
        const std::string root = tree.root().string() + '/';
        const std::string place = error.place().text();
        return {error.key(), place.starts_with(root) ? place.substr(root.size()) : place};
    }
    return {"no error", ""};
}

} // namespace otgnet::test
