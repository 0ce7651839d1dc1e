// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/replaced_function.hpp"

#include "base/loop.hpp"
#include "host/endpoint_budget.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace otgnet {

using nlohmann::json;

namespace {

constexpr const char* descriptorLink = "os_desc/c.1";

std::string directoryOf(const std::string& function) {
    return "functions/" + function;
}

/// What kvmd-otg writes, and the MAC addresses that the kernel has chosen if it writes none.
std::array<std::string, 5> attributePaths(const std::string& function) {
    const std::string directory = directoryOf(function);
    const std::string ids = directory + "/os_desc/interface." + function.substr(0, function.find('.'));
    return {directory + "/host_addr", directory + "/dev_addr", ids + "/compatible_id", ids + "/sub_compatible_id",
            "os_desc/use"};
}

std::string textIn(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

bool flagIn(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_boolean() && it->get<bool>();
}

} // namespace

bool ReplacedFunction::stands(const GadgetDirectory& gadget) const {
    return gadget.has(directoryOf(function)) && gadget.has(descriptorLink) == descriptors &&
           std::ranges::all_of(attributes, [&](const auto& a) {
               return gadget.holds({a.first, a.second});
           });
}

void ReplacedFunction::make(const GadgetDirectory& gadget) const {
    const auto attempt = [](const std::function<void()>& step) { guard("putting kvmd's Ethernet back", step); };
    attempt([&] { gadget.makeDirectory(directoryOf(function)); });
    for (const auto& [path, value] : attributes)
        attempt([&, &path = path, &value = value] { gadget.write({path, value}); });
    if (descriptors)
        attempt([&] { gadget.makeLink({descriptorLink, "configs/c.1"}); });
}

ReplacedFunction describeReplaced(const GadgetDirectory& gadget, const std::string& function, const std::string& meta) {
    ReplacedFunction replaced{function, meta};
    for (const std::string& path : attributePaths(function))
        if (gadget.has(path))
            replaced.attributes[path] = gadget.read(path);
    replaced.descriptors = gadget.has(descriptorLink);
    const auto links = gadget.links();
    replaced.linked = std::ranges::find(links, function, &FunctionLink::function) != links.end();
    return replaced;
}

json toJson(const ReplacedFunction& replaced) {
    return {{"function", replaced.function},
            {"meta", replaced.meta},
            {"attributes", replaced.attributes},
            {"descriptors", replaced.descriptors},
            {"linked", replaced.linked}};
}

/// Paths are never taken from there.
std::optional<ReplacedFunction> replacedFromJson(const json& object) {
    if (!object.is_object())
        return std::nullopt;
    ReplacedFunction replaced{textIn(object, "function"), textIn(object, "meta")};
    if (!isEthernet(replaced.function) || replaced.function.find('/') != std::string::npos)
        return std::nullopt;
    if (const auto attributes = object.find("attributes"); attributes != object.end() && attributes->is_object())
        for (const std::string& path : attributePaths(replaced.function))
            if (attributes->contains(path))
                replaced.attributes[path] = textIn(*attributes, path.c_str());
    replaced.descriptors = flagIn(object, "descriptors");
    replaced.linked = flagIn(object, "linked");
    return replaced;
}

} // namespace otgnet
