// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_files.hpp"

#include "base/file.hpp"
#include "core/config.hpp"
#include "core/python.hpp"
#include "core/tree.hpp"
#include "host/yaml_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <new>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largestFile = 1 << 20;
constexpr std::size_t mostFiles = 512;
constexpr std::size_t mostMemory = 32 << 20;
constexpr std::size_t deepest = 32;

std::optional<std::string> content(const fs::path& path) {
    try {
        return readFileIfExists(path, largestFile);
    } catch (const Error& error) {
        throw ConfigError("", {path.string(), 0}, error.what());
    }
}

std::vector<std::string> namesIn(const fs::path& directory) {
    try {
        return listDirectoryIfExists(directory);
    } catch (const Error& error) {
        throw ConfigError("", {directory.string(), 0}, error.what());
    }
}

/// For what could not be found: a configuration that somebody meant to be there is not taken for none.
void requireAbsent(const fs::path& path) {
    std::error_code error;
    if (fs::is_symlink(path, error))
        throw ConfigError("", {path.string(), 0}, "No such file: a link that leads nowhere");
    if (!fs::exists(fs::status(path, error)) && error == std::errc::not_a_directory)
        throw ConfigError("", {path.string(), 0},
                          systemError(ErrorCode::InvalidConfig, "cannot open " + path.string(), ENOTDIR).what());
}

/// All but what is certainly no file; what cannot be told is found out when it is read.
bool mayBeFile(const fs::path& path) {
    std::error_code error;
    const fs::file_type type = fs::symlink_status(path, error).type();
    return type == fs::file_type::regular || type == fs::file_type::symlink || type == fs::file_type::none;
}

} // namespace

std::optional<Value> YamlFiles::load(const fs::path& path) try {
    std::optional<Value> value = read(path);
    if (!value)
        requireAbsent(path);
    if (value && value->isNull())
        value->data = Value::Map{};
    if (value && !std::holds_alternative<Value::Map>(value->data))
        throw ConfigError("", {path.string(), value->place.line},
                          "Top-level of the file '" + path.string() + "' must be a dictionary");
    return value;
} catch (const std::bad_alloc&) {
    throw ConfigError("", {path.string(), 0}, "there is not enough memory to read it");
}

std::vector<fs::path> YamlFiles::list(const fs::path& directory) {
    stamps_.note(directory);
    std::vector<fs::path> paths;
    for (const std::string& name : namesIn(directory))
        if (const fs::path path = directory / name; mayBeFile(path))
            paths.push_back(path);
    if (std::error_code error; !fs::exists(directory, error))
        requireAbsent(directory);
    return paths;
}

std::optional<Value> YamlFiles::read(const fs::path& path) {
    open_.push_back(path.lexically_normal());
    const std::optional<YamlDocument> document = parse(path);
    std::optional<Value> value;
    if (document)
        value = document->root == nullptr ? Value{std::monostate{}, {path.string(), 1}, {}}
                                          : YamlTree(*this, path).construct(*document->root);
    open_.pop_back();
    return value;
}

std::optional<YamlDocument> YamlFiles::parse(const fs::path& path) {
    stamps_.note(path);
    const auto bytes = content(path);
    if (!bytes)
        return std::nullopt;
    if (++files_ > mostFiles)
        throw ConfigError("", {path.string(), 0}, "more than " + std::to_string(mostFiles) + " configuration files");
    YamlDocument document = parseYaml(*bytes, path.string());
    spend(bytes->size() + document.nodes.size() * sizeof(YamlNode), {path.string(), 0});
    return document;
}

void YamlFiles::include(Value& tree, const std::string& name, const fs::path& from, const Place& place) {
    if (name.empty())
        return;
    const fs::path path =
        fs::path(name).is_absolute() ? root_ / fs::path(name).relative_path() : from.parent_path() / name;
    std::error_code error;
    if (!fs::is_directory(path, error))
        return includeFile(tree, path, place);
    for (const fs::path& file : list(path))
        includeFile(tree, file, place);
}

void YamlFiles::includeFile(Value& tree, const fs::path& path, const Place& place) {
    if (open_.size() >= deepest || std::find(open_.begin(), open_.end(), path.lexically_normal()) != open_.end())
        throw ConfigError("", place, "Invalid YAML: includes itself by '" + path.string() + '\'');
    std::optional<Value> value = read(path);
    if (!value)
        throw ConfigError("", place, "Invalid YAML: there is no file '" + path.string() + "' to include");
    if (!python::truth(*value))
        return;
    if (!std::holds_alternative<Value::Map>(value->data))
        throw ConfigError("", {path.string(), value->place.line},
                          "Top-level of the included file '" + path.string() + "' must be a dictionary");
    mergeTree(tree, std::move(*value));
}

void YamlFiles::spend(std::size_t bytes, const Place& place) {
    memory_ += bytes;
    if (memory_ > mostMemory)
        throw ConfigError("", place, "the configuration is too large, or its aliases make it so");
}

} // namespace otgnet
