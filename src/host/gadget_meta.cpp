// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/gadget_meta.hpp"

#include "base/file.hpp"
#include "host/endpoint_budget.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace otgnet {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::string_view suffix = "@meta.json";
constexpr std::size_t largest = 16384;
constexpr unsigned mostEndpoints = 32;
constexpr const char* mark = "otgnet";
constexpr const char* relinkingKey = "relinking";

fs::path metaFile(const fs::path& directory, const std::string& function) {
    return directory / (function + std::string(suffix));
}

/// A file that is too large, unreadable or no JSON counts as absent: it is not ours to repair.
json readJson(const fs::path& path) {
    try {
        return json::parse(readFileIfExists(path, largest).value_or(""), nullptr, false);
    } catch (const Error&) {
        return json::value_t::discarded;
    }
}

std::optional<unsigned> endpointsIn(const json& object) {
    const auto it = object.find("endpoints");
    if (it == object.end() || !it->is_number_unsigned() || it->get<std::uint64_t>() > mostEndpoints)
        return std::nullopt;
    return it->get<unsigned>();
}

std::optional<std::vector<std::string>> relinkingIn(const json& object) {
    const auto it = object.find(relinkingKey);
    if (it == object.end() || !it->is_array())
        return std::nullopt;
    std::vector<std::string> names;
    for (const json& name : *it)
        if (name.is_string())
            names.push_back(name.get<std::string>());
    return names;
}

} // namespace

std::optional<FunctionMeta> readMeta(const fs::path& directory, const std::string& function) {
    const json object = readJson(metaFile(directory, function));
    if (!object.is_object())
        return std::nullopt;
    FunctionMeta meta;
    meta.endpoints = endpointsIn(object);
    const auto starter = object.find("starter");
    meta.ethernet = starter != object.end() && *starter == json::array({"otg", "devices", "ethernet", "start"});
    const auto own = object.find(mark);
    meta.ours = own != object.end() && own->is_object();
    if (meta.ours)
        meta.relinking = relinkingIn(*own);
    return meta;
}

std::vector<std::string> metaFunctions(const fs::path& directory) {
    std::vector<std::string> functions;
    for (const std::string& name : listDirectory(directory))
        if (name.ends_with(suffix))
            functions.push_back(name.substr(0, name.size() - suffix.size()));
    return functions;
}

void writeMeta(const fs::path& directory, const std::string& function,
               const std::optional<std::vector<std::string>>& relinking) {
    json own = json::object();
    if (relinking)
        own[relinkingKey] = *relinking;
    const json object{{"function", function},
                      {"description", "Ethernet"},
                      {"endpoints", knownEndpoints(function)},
                      {"starter", json::array({"otg", "devices", "ethernet", "start"})},
                      {mark, own}};
    restoreMeta(directory, function, object.dump());
}

std::string metaText(const fs::path& directory, const std::string& function) {
    return readAttribute(metaFile(directory, function));
}

void restoreMeta(const fs::path& directory, const std::string& function, const std::string& text) {
    // not made beside it: kvmd-otgconf parses whatever is in the directory
    writeFileAtomic(metaFile(directory, function), text, 0644, ErrorCode::ReadOnly, directory.parent_path());
}

void removeMeta(const fs::path& directory, const std::string& function) {
    removeFile(metaFile(directory, function), ErrorCode::ReadOnly);
    ::rmdir(directory.c_str()); // ENOTEMPTY as long as kvmd has its own there
}

} // namespace otgnet
