// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/command.hpp"
#include "ctl/doctor/machine.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

namespace otgnet::ctl {

namespace {

using Json = nlohmann::json;

constexpr const char* ownTable = "inet otgnet";

/// Null if there is none.
Json part(const Json& value, const char* key) {
    return value.is_object() && value.contains(key) ? value.at(key) : Json();
}

std::string tableOf(const Json& entry) {
    return entry.value("family", std::string()) + " " + entry.value("table", std::string());
}

ForeignTable& tableNamed(std::vector<ForeignTable>& tables, const std::string& name) {
    const auto at = std::find_if(tables.begin(), tables.end(), [&](const ForeignTable& t) { return t.name == name; });
    return at == tables.end() ? tables.emplace_back(ForeignTable{name}) : *at;
}

bool contains(const Json& value, const std::string& name) {
    return value.dump().find('"' + name + '"') != std::string::npos;
}

bool opens(const Json& verdict) {
    return verdict.contains("accept") || verdict.contains("jump") || verdict.contains("goto");
}

/// [["usb0", {"accept": null}], ...]
bool mapsToOpen(const Json& elements, const std::string& interface) {
    return std::any_of(elements.begin(), elements.end(), [&](const Json& pair) {
        return pair.is_array() && pair.size() == 2 && contains(pair[0], interface) && opens(pair[1]);
    });
}

/// A rule that drops or logs what comes from the interface has not thought of letting it pass.
bool letsPass(const Json& rule, const std::vector<std::string>& names) {
    bool matches = false;
    bool verdict = false;
    bool maps = false;
    for (const Json& expression : part(rule, "expr")) {
        const Json match = part(expression, "match");
        const auto isMatched = [&](const std::string& name) { return contains(part(match, "right"), name); };
        matches |= part(match, "op") != "!=" && std::any_of(names.begin(), names.end(), isMatched);
        verdict |= opens(expression);
        maps |= mapsToOpen(part(part(part(expression, "vmap"), "data"), "set"), names.front());
    }
    return (matches && verdict) || maps;
}

/// Drops or rejects all that has come so far.
bool closesAll(const Json& rule) {
    const Json expressions = part(rule, "expr");
    const auto closes = [](const Json& e) { return e.contains("drop") || e.contains("reject"); };
    const auto decorates = [](const Json& e) { return e.contains("counter") || e.contains("log"); };
    return !expressions.empty() && closes(expressions.back()) &&
           std::all_of(expressions.begin(), expressions.end() - 1, decorates);
}

class Reader {
public:
    Reader(const Json& entries, std::string interface) : interface_(std::move(interface)) {
        for (const char* kind : {"chain", "set", "map", "rule"}) // a rule speaks of the others
            for (const Json& entry : entries)
                if (const Json found = part(entry, kind); found.is_object())
                    read(kind, found);
        for (const auto& [name, chain] : chains_) {
            tableNamed(tables_, name.first).closesInput |= chain.closed && chain.hook == "input";
            tableNamed(tables_, name.first).closesForward |= chain.closed && chain.hook == "forward";
        }
    }

    std::vector<ForeignTable> tables() && { return std::move(tables_); }

private:
    struct Chain {
        std::string hook{};
        bool drops = false;  ///< by policy
        bool closed = false; ///< by policy or by its last rule
    };

    void read(const std::string& kind, const Json& entry) {
        const std::string table = tableOf(entry);
        if (kind == "rule")
            return readRule(table, entry);
        const std::string name = entry.value("name", std::string());
        if (kind == "chain") {
            const bool drops = part(entry, "policy") == "drop";
            chains_[{table, name}] = {entry.value("hook", std::string()), drops, drops};
        } else if (kind == "set" && contains(part(entry, "elem"), interface_)) {
            sets_[table].push_back('@' + name);
        } else if (kind == "map" && mapsToOpen(part(entry, "elem"), interface_)) {
            tableNamed(tables_, table).namesInterface = true;
        }
    }

    void readRule(const std::string& table, const Json& rule) {
        std::vector<std::string> names{interface_};
        names.insert(names.end(), sets_[table].begin(), sets_[table].end());
        tableNamed(tables_, table).namesInterface |= letsPass(rule, names);
        Chain& chain = chains_[{table, rule.value("chain", std::string())}];
        chain.closed = chain.drops || closesAll(rule); // the last one counts
    }

    std::string interface_;
    std::map<std::pair<std::string, std::string>, Chain> chains_{}; ///< by table and name
    std::map<std::string, std::vector<std::string>> sets_{};        ///< of a table, those that hold the interface
    std::vector<ForeignTable> tables_{};
};

} // namespace

std::vector<ForeignTable> foreignTables(const std::string& ruleset, const std::string& interface) {
    const Json document = Json::parse(ruleset, nullptr, false);
    if (!document.is_object() || !document.contains("nftables"))
        return {};
    std::vector<ForeignTable> tables = Reader(document.at("nftables"), interface).tables();
    std::erase_if(tables, [](const ForeignTable& table) {
        return table.name == ownTable || (!table.closesInput && !table.closesForward);
    });
    return tables;
}

std::optional<std::vector<ForeignTable>> readFirewalls(const std::string& interface) {
    if (geteuid() != 0)
        return std::nullopt;
    const std::string ruleset = outputOf("PATH=$PATH:/usr/sbin:/sbin nft -j list ruleset 2>/dev/null");
    return ruleset.empty() ? std::nullopt : std::optional{foreignTables(ruleset, interface)};
}

} // namespace otgnet::ctl
