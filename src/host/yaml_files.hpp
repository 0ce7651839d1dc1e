// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// YAML files as kvmd loads them: PyYAML's dialect and kvmd's tag !include.
#pragma once

#include "core/value.hpp"
#include "host/file_stamps.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace otgnet {

struct YamlDocument;

/// One load of a configuration. All files of it share the bounds: 1 MiB a file, 512 files, 32 includes deep, 32 MiB of
/// memory in all (so that aliases cannot blow up), nothing nested deeper than 200. What goes beyond is a ConfigError.
class YamlFiles {
public:
    /// Absolute names in !include are below `root`.
    explicit YamlFiles(std::filesystem::path root, FileStamps::Time now = FileStamps::now())
        : root_(std::move(root)), stamps_(now) {}

    /// The content of a file that must be a dictionary; an empty one is an empty dictionary. Nothing if there is no
    /// such file. Throws ConfigError with file and line, also for a link to no file.
    std::optional<Value> load(const std::filesystem::path& path);

    /// The files in a directory that kvmd reads, in its order: all, hidden ones too, but no subdirectories.
    std::vector<std::filesystem::path> list(const std::filesystem::path& directory);

    /// Of all files and directories that were looked at.
    const FileStamps& stamps() const { return stamps_; }

private:
    friend class YamlTree;

    /// Whatever is in the file; null for an empty one. Nothing if there is no such file.
    std::optional<Value> read(const std::filesystem::path& path);
    std::optional<YamlDocument> parse(const std::filesystem::path& path);
    /// What !include `name` in the file `from` stands for. `place` is that of the tag.
    void include(Value& tree, const std::string& name, const std::filesystem::path& from, const Place& place);
    void includeFile(Value& tree, const std::filesystem::path& path, const Place& place);
    /// Counts memory, roughly.
    void spend(std::size_t bytes, const Place& place);

    std::filesystem::path root_;
    FileStamps stamps_;
    std::vector<std::filesystem::path> open_; ///< files that are being read, the outermost first
    std::size_t files_ = 0;
    std::size_t memory_ = 0;
};

} // namespace otgnet
