// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/tree.hpp"

#include "core/python.hpp"

#include <algorithm>

namespace otgnet {

namespace {

Value::Map* mapOf(Value& value) {
    return std::get_if<Value::Map>(&value.data);
}

Value::Map* childMap(Value::Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : mapOf(found->second);
}

/// otgnet/<section>/<command> has become otgnet/commands/<command>. A "commands" that is no map is left for the
/// complaint about it.
void moveCommand(Value::Map& otgnet, const std::string& section, const std::string& command) {
    Value::Map* const old = childMap(otgnet, section);
    const auto found = old == nullptr ? Value::Map::iterator{} : old->find(command);
    if (old == nullptr || found == old->end() || !python::truth(found->second))
        return;
    const auto commands = otgnet.try_emplace("commands", Value{Value::Map{}, found->second.place, {}}).first;
    if (Value::Map* const target = mapOf(commands->second)) {
        target->insert_or_assign(command, std::move(found->second));
        old->erase(found);
    }
}

/// otg/<old> has become otg/devices/<today>.
void moveDevice(Value::Map& otg, const std::string& old, const std::string& today) {
    const auto found = otg.find(old);
    if (found == otg.end())
        return;
    Value& devices = otg["devices"];
    if (mapOf(devices) == nullptr)
        devices = Value{Value::Map{}, found->second.place, {}};
    mapOf(devices)->insert_or_assign(today, std::move(found->second));
    otg.erase(found);
}

} // namespace

void mergeTree(Value& under, Value over) {
    Value::Map* const into = mapOf(under);
    Value::Map* const from = mapOf(over);
    if (into == nullptr || from == nullptr) {
        under = std::move(over);
        return;
    }
    for (auto& [key, value] : *from) {
        const auto [place, fresh] = into->try_emplace(key, Value{});
        if (fresh)
            place->second = std::move(value);
        else
            mergeTree(place->second, std::move(value));
    }
}

void applyLegacyAliases(Value& tree) {
    Value::Map* const root = mapOf(tree);
    if (root == nullptr)
        return;
    if (Value::Map* const otgnet = childMap(*root, "otgnet")) {
        moveCommand(*otgnet, "iface", "ip_cmd");
        moveCommand(*otgnet, "firewall", "iptables_cmd");
    }
    if (Value::Map* const otg = childMap(*root, "otg")) {
        moveDevice(*otg, "msd", "msd");
        moveDevice(*otg, "acm", "serial");
        moveDevice(*otg, "drives", "drives");
    }
}

const Value* findInTree(const Value& tree, std::string_view path) {
    const Value* value = &tree;
    while (value != nullptr && !path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const auto* map = std::get_if<Value::Map>(&value->data);
        const auto found =
            map == nullptr ? Value::Map::const_iterator{} : map->find(std::string(path.substr(0, slash)));
        value = map == nullptr || found == map->end() ? nullptr : &found->second;
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return value;
}

} // namespace otgnet
