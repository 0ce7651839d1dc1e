// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/command.hpp"
#include "ctl/doctor/machine.hpp"

namespace otgnet::ctl {

namespace {

using Json = nlohmann::json;

/// {"otg": {"udc": ""}} becomes {"otg/udc": ""}.
void flatten(const Json& section, const std::string& path, Json& out) {
    for (const auto& [name, value] : section.items()) {
        const std::string key = path.empty() ? name : path + "/" + name;
        if (value.is_object())
            flatten(value, key, out);
        else
            out[key] = value;
    }
}

/// "file:line: key: why", without the key where the reason names it; what is not known is null.
std::string complaint(const Json& error) {
    const auto text = [&](const char* part) {
        const Json value = error.value(part, Json());
        return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump();
    };
    const std::string line = text("line");
    const std::string place = text("file") + (line.empty() ? "" : ":" + line);
    const std::string key = text("key");
    const std::string reason = text("message");
    return (place.empty() ? "" : place + ": ") + (reason.find(key) != std::string::npos ? "" : key + ": ") + reason;
}

} // namespace

void takeConfiguration(const std::string& printed, Machine& machine) {
    Json document = Json::parse(printed, nullptr, false);
    if (document.is_object() && document["config"].is_object())
        flatten(document["config"], "", machine.settings);
    else if (document.is_object() && document["error"].is_object())
        machine.configError = complaint(document["error"]);
    else // no otgnetd, or nothing that it may read
        machine.settings["otgnet/iface/net"] = defaultNetwork;
}

void readConfiguration(Machine& machine) {
    takeConfiguration(outputOf("PATH=$PATH:" OTGNET_SBIN_DIR " otgnetd --print-config 2>/dev/null"), machine);
}

} // namespace otgnet::ctl
