// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/command.hpp"
#include "ctl/doctor/machine.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>

namespace otgnet::ctl {

namespace {

using Json = nlohmann::json;

constexpr const char* ownTable = "inet otgnet";

std::string tableOf(const Json& entry) {
    return entry.value("family", std::string()) + " " + entry.value("table", std::string());
}

ForeignTable& tableNamed(std::vector<ForeignTable>& tables, const std::string& name) {
    const auto at = std::find_if(tables.begin(), tables.end(), [&](const ForeignTable& t) { return t.name == name; });
    return at == tables.end() ? tables.emplace_back(ForeignTable{name}) : *at;
}

/// firewalld accepts by policy and rejects by its last rule.
bool closes(const Json& chain) {
    return chain.value("policy", std::string()) == "drop" || chain.value("table", std::string()) == "firewalld";
}

void addChain(std::vector<ForeignTable>& tables, const Json& chain) {
    if (!closes(chain))
        return;
    const std::string hook = chain.value("hook", std::string());
    ForeignTable& table = tableNamed(tables, tableOf(chain));
    table.closesInput |= hook == "input";
    table.closesForward |= hook == "forward";
}

} // namespace

std::vector<ForeignTable> foreignTables(const std::string& ruleset, const std::string& interface) {
    const Json document = Json::parse(ruleset, nullptr, false);
    std::vector<ForeignTable> tables;
    if (!document.is_object() || !document.contains("nftables"))
        return tables;
    for (const auto& entry : document.at("nftables")) {
        if (entry.contains("chain"))
            addChain(tables, entry.at("chain"));
        for (const char* kind : {"rule", "set", "map"}) {
            if (entry.contains(kind) && entry.at(kind).dump().find('"' + interface + '"') != std::string::npos)
                tableNamed(tables, tableOf(entry.at(kind))).namesInterface = true;
        }
    }
    std::erase_if(tables, [](const ForeignTable& table) {
        return table.name == ownTable || (!table.closesInput && !table.closesForward);
    });
    return tables;
}

std::optional<std::vector<ForeignTable>> readFirewalls(const std::string& interface) {
    if (geteuid() != 0)
        return std::nullopt;
    const std::string ruleset = outputOf("nft -j list ruleset 2>/dev/null");
    return ruleset.empty() ? std::nullopt : std::optional{foreignTables(ruleset, interface)};
}

} // namespace otgnet::ctl
