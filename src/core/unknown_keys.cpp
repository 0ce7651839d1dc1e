// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/unknown_keys.hpp"

#include "core/nearest_name.hpp"
#include "core/python.hpp"
#include "core/schema.hpp"
#include "core/tree.hpp"

#include <algorithm>
#include <array>

namespace otgnet {

namespace {

constexpr std::size_t mostWarnings = 64;
constexpr std::size_t longestName = 128;

/// Keys that some release of kvmd has and that do not concern us.
bool isOther(const std::string& path) {
    constexpr std::array<std::string_view, 3> others{"otg/devices/camera/safe", "otg/devices/camera/resolution",
                                                     "otg/devices/camera/streaming"};
    return std::find(others.begin(), others.end(), path) != others.end();
}

/// otg/gadget named the gadget until kvmd 4.169; since then it is always "kvmd".
std::string why(const std::string& path) {
    if (path == "otg/gadget")
        return "ignored, kvmd's gadget has a fixed name now";
    return unknownKeyText(path);
}

bool isFine(const std::string& path, const Value& value) {
    return isOther(path) || (path == "otg/gadget" && python::str(value) == "kvmd");
}

void warn(const std::string& path, const Value& value, std::vector<std::string>& warnings) {
    warnings.push_back(value.place.text() + ": " + path.substr(0, longestName) + ": " + why(path));
}

void walk(const Value& tree, const std::string& path, std::vector<std::string>& warnings) {
    const auto* map = std::get_if<Value::Map>(&tree.data);
    if (map == nullptr)
        return;
    for (const auto& [name, value] : *map) {
        const std::string full = path + '/' + name;
        const bool plain = name.find('/') == std::string::npos;
        if (plain && isSection(full))
            walk(value, full, warnings);
        else if ((!plain || findKey(full) == nullptr) && !isFine(full, value) && warnings.size() < mostWarnings)
            warn(full, value, warnings);
    }
}

} // namespace

void warnOfUnknownKeys(const Value& tree, std::vector<std::string>& warnings) {
    for (const auto& [name, value] : std::get<Value::Map>(tree.data))
        if (isMisplaced(name) && warnings.size() < mostWarnings)
            warn(name, value, warnings);
    for (const std::string section : {"otg", "otgnet"})
        if (const Value* const node = findInTree(tree, section))
            walk(*node, section, warnings);
}

/// The rest of kvmd's configuration is none of our business, so in doubt it is no mistake.
bool isMisplaced(const std::string& name) {
    if (isSection(name))
        return false;
    const auto nearest = nearestName(name);
    const auto isPath = [](const std::string& text) { return text.find('/') != std::string::npos; };
    return nearest && (isPath(name) || !isPath(*nearest) || nearest->ends_with('/' + name));
}

} // namespace otgnet
