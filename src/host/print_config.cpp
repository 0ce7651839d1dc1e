// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/print_config.hpp"

#include "core/command.hpp"
#include "core/dhcp.hpp"
#include "core/plan.hpp"
#include "core/schema.hpp"
#include "host/config_files.hpp"

#include <nlohmann/json.hpp>

#include <sysexits.h>

namespace otgnet {

namespace {

using Json = nlohmann::ordered_json;

Json asJson(const Value& value) {
    struct Convert {
        Json operator()(std::monostate) const { return nullptr; }
        Json operator()(bool flag) const { return flag; }
        Json operator()(std::int64_t number) const { return number; }
        Json operator()(double number) const { return number; }
        Json operator()(const std::string& text) const { return text; }
        Json operator()(const Value::List& list) const {
            Json array = Json::array();
            for (const Value& item : list)
                array.push_back(asJson(item));
            return array;
        }
        Json operator()(const Value::Map& map) const {
            Json object = Json::object();
            for (const auto& [key, item] : map)
                object[key] = asJson(item);
            return object;
        }
    };
    return std::visit(Convert{}, value.data);
}

Json& node(Json& config, const std::string& path) {
    Json* at = &config;
    std::size_t begin = 0;
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', begin)) {
        at = &(*at)[path.substr(begin, slash - begin)];
        begin = slash + 1;
    }
    return (*at)[path.substr(begin)];
}

/// Every key in its section; of the hooks the effective command instead of its three parts.
Json configJson(const LoadedConfig& loaded) {
    Json config = Json::object();
    for (const Key& key : allKeys()) {
        const bool part = key.path.ends_with("_cmd_remove") || key.path.ends_with("_cmd_append");
        const bool hidden = key.group == KeyGroup::kvmd || key.path == "otg/user";
        if (!part && !hidden)
            node(config, key.path) = asJson(loaded.settings.at(key.path));
    }
    for (const std::string hook : {"pre_start", "post_start", "pre_stop", "post_stop"})
        node(config, "otgnet/commands/" + hook + "_cmd") = wordsOf(hookCommand(loaded.settings, hook));
    node(config, "otg/init_delay") = std::chrono::duration<double>(loaded.config.otg.initDelay).count();
    node(config, "otgnet/firewall/allow_tcp") = loaded.config.net.allowTcp;
    node(config, "otgnet/firewall/allow_udp") = loaded.config.net.allowUdp;
    return config;
}

Json derivedJson(const Cidr4& network) {
    const DhcpPool pool = poolOf(network);
    return {{"iface_ip", ownAddress(network).text()}, {"prefix", network.prefix},
            {"net_ip", network.network.text()},       {"net_mask", network.mask().text()},
            {"dhcp_ip_begin", pool.first.text()},     {"dhcp_ip_end", pool.last.text()}};
}

Json errorJson(const ConfigError& error) {
    const Place& place = error.place();
    return {{"error",
             {{"key", error.key().empty() ? Json() : Json(error.key())},
              {"file", place.file.empty() ? Json() : Json(place.file)},
              {"line", place.line == 0 ? Json() : Json(place.line)},
              {"message", error.reason()}}}};
}

void print(const Json& json, std::ostream& out) {
    constexpr int indent = 2;
    out << json.dump(indent, ' ', false, Json::error_handler_t::replace) << '\n';
}

} // namespace

int printConfig(const std::filesystem::path& root, std::ostream& out) {
    try {
        const LoadedConfig loaded = ConfigFiles(root).load({});
        print({{"config", configJson(loaded)},
               {"derived", derivedJson(loaded.config.net.network)},
               {"origins", loaded.origins},
               {"warnings", loaded.warnings}},
              out);
        return EX_OK;
    } catch (const ConfigError& error) {
        print(errorJson(error), out);
        return EX_CONFIG;
    }
}

} // namespace otgnet
