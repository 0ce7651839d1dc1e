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
constexpr std::size_t largest = 65536;
constexpr std::size_t largestText = 8192; ///< that ours can quote, however it is escaped
constexpr unsigned mostEndpoints = 32;
constexpr const char* markKey = "otgnet";
constexpr const char* udcKey = "udc";
constexpr const char* relinkingKey = "relinking";
constexpr const char* replacedKey = "replaced";

fs::path metaFile(const fs::path& directory, const std::string& function) {
    return directory / (function + std::string(suffix));
}

/// A file that is too large or unreadable counts as absent: it is not ours to repair.
std::string readText(const fs::path& path, std::size_t limit) {
    try {
        return readFileIfExists(path, limit, Links::refuse).value_or("");
    } catch (const Error&) {
        return "";
    }
}

std::optional<unsigned> endpointsIn(const json& object) {
    const auto it = object.find("endpoints");
    if (it == object.end() || !it->is_number_unsigned() || it->get<std::uint64_t>() > mostEndpoints)
        return std::nullopt;
    return it->get<unsigned>();
}

ShareMark markIn(const json& object) {
    ShareMark mark;
    if (const auto udc = object.find(udcKey); udc != object.end() && udc->is_string())
        mark.udc = udc->get<std::string>();
    if (const auto names = object.find(relinkingKey); names != object.end() && names->is_array()) {
        mark.relinking.emplace();
        for (const json& name : *names)
            if (name.is_string())
                mark.relinking->push_back(name.get<std::string>());
    }
    if (const auto all = object.find(replacedKey); all != object.end() && all->is_array())
        for (const json& one : *all)
            if (const auto replaced = replacedFromJson(one))
                mark.replaced.push_back(*replaced);
    return mark;
}

json toJson(const ShareMark& mark) {
    json object{{udcKey, mark.udc}};
    if (mark.relinking)
        object[relinkingKey] = *mark.relinking;
    for (const ReplacedFunction& replaced : mark.replaced)
        object[replacedKey].push_back(toJson(replaced));
    return object;
}

} // namespace

std::optional<FunctionMeta> readMeta(const fs::path& directory, const std::string& function) {
    const json object = json::parse(readText(metaFile(directory, function), largest), nullptr, false);
    if (!object.is_object())
        return std::nullopt;
    FunctionMeta meta;
    meta.endpoints = endpointsIn(object);
    const auto starter = object.find("starter");
    meta.ethernet = starter != object.end() && *starter == json::array({"otg", "devices", "ethernet", "start"});
    const auto own = object.find(markKey);
    if (own != object.end() && own->is_object())
        meta.mark = markIn(*own);
    return meta;
}

std::vector<std::string> metaFunctions(const fs::path& directory) {
    std::vector<std::string> functions;
    for (const std::string& name : listDirectory(directory))
        if (name.ends_with(suffix))
            functions.push_back(name.substr(0, name.size() - suffix.size()));
    return functions;
}

void writeMeta(const fs::path& directory, const std::string& function, const ShareMark& mark) {
    const json object{{"function", function},
                      {"description", "Ethernet"},
                      {"endpoints", knownEndpoints(function)},
                      {"starter", json::array({"otg", "devices", "ethernet", "start"})},
                      {markKey, toJson(mark)}};
    restoreMeta(directory, function, object.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string metaText(const fs::path& directory, const std::string& function) {
    return readText(metaFile(directory, function), largestText);
}

void restoreMeta(const fs::path& directory, const std::string& function, const std::string& text) {
    // not made beside it: kvmd-otgconf parses whatever is in the directory
    writeFileAtomic(metaFile(directory, function), text, 0644, ErrorCode::ReadOnly, directory.parent_path());
}

void removeMeta(const fs::path& directory, const std::string& function) {
    removeFile(metaFile(directory, function), ErrorCode::ReadOnly);
    ::rmdir(directory.c_str()); // ENOTEMPTY as long as kvmd has its own there
}

std::optional<fs::path> MarkPlace::directory() const {
    const auto text = readFileIfExists(file_, largest);
    return text && !text->empty() ? std::optional<fs::path>(*text) : std::nullopt;
}

void MarkPlace::set(const fs::path& directory) const {
    if (this->directory() != directory)
        writeFileAtomic(file_, directory.string(), 0644, ErrorCode::ReadOnly);
}

void MarkPlace::clear() const {
    removeFile(file_, ErrorCode::ReadOnly);
}

} // namespace otgnet
