// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/settings.hpp"

#include "base/error.hpp"
#include "ctl/number.hpp"
#include "ctl/text.hpp"

#include <algorithm>
#include <set>

namespace otgnet::ctl {

namespace {

constexpr std::string_view blanks = " \t";

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(blanks);
    const auto last = text.find_last_not_of(blanks);
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

Json integer(const std::string& text) {
    const auto value = number<std::int64_t>(text);
    return value ? Json(*value) : Json(text);
}

Json boolean(const std::string& text) {
    if (text == "true" || text == "yes" || text == "1")
        return true;
    if (text == "false" || text == "no" || text == "0")
        return false;
    return text;
}

std::optional<Json> json(const std::string& text) {
    const Json out = Json::parse(text, nullptr, false);
    return out.is_discarded() ? std::nullopt : std::optional{out};
}

/// Items of a list are texts where those in force are, otherwise numbers if they look like one.
Json listFrom(const std::string& text, const Json& current) {
    const bool texts = !current.empty() && current.front().is_string();
    Json out = Json::array();
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string item = trimmed(text.substr(begin, end - begin));
        if (!item.empty())
            out.push_back(texts ? Json(item) : integer(item));
        begin = end + 1;
    }
    return out;
}

/// "[a, b]" is how YAML writes it; JSON wants quotes.
Json bracketed(const std::string& text, const Json& current) {
    if (const auto value = json(text))
        return *value;
    return text.back() == ']' ? listFrom(text.substr(1, text.size() - 2), current) : Json(text);
}

bool needsQuotes(const std::string& text) {
    return text.empty() || text == "null" || text.front() == '"' || text.front() == '[' || text.front() == '{' ||
           text != trimmed(text);
}

std::string itemText(const Json& item) {
    return item.is_string() ? item.get<std::string>() : item.dump();
}

std::string listText(const Json& list) {
    std::vector<std::string> items;
    for (const auto& item : list) {
        items.push_back(itemText(item));
        if (item.is_structured() || needsQuotes(items.back()) || items.back().find(',') != std::string::npos)
            return list.dump();
    }
    return items.empty() ? "[]" : join(items, ",");
}

/// The key of that name, or those of the section, which may have a '/' behind.
std::set<std::string> keysOf(const Json& settings, std::string name) {
    if (name.ends_with('/'))
        name.pop_back();
    std::set<std::string> out;
    for (const auto& [key, value] : settings.items())
        if (key == name || key.starts_with(name + "/"))
            out.insert(key);
    return out;
}

} // namespace

std::pair<std::string, std::string> splitAssignment(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw UsageError("\"" + text + "\" is not KEY=VALUE; example: otgnet/firewall/allow_tcp=80,443");
    return {text.substr(0, equals), text.substr(equals + 1)};
}

Json valueFrom(const std::string& raw, const Json& current) {
    const std::string text = trimmed(raw);
    if (text == "null" || text == "~")
        return nullptr;
    if (text.starts_with('['))
        return bracketed(text, current);
    if (text.starts_with('"') || text.starts_with('{'))
        return json(text).value_or(Json(text));
    if (current.is_array())
        return listFrom(text, current);
    if (current.is_boolean())
        return boolean(text);
    if (current.is_number_integer())
        return integer(text);
    if (current.is_number()) {
        const auto value = number<double>(text);
        return value ? Json(*value) : Json(text);
    }
    return text;
}

std::string valueText(const Json& value) {
    if (value.is_array())
        return listText(value);
    if (!value.is_string())
        return value.dump();
    const auto text = value.get<std::string>();
    return needsQuotes(text) ? value.dump() : text;
}

std::vector<std::string> selectKeys(const Json& settings, const std::vector<std::string>& wanted) {
    std::set<std::string> out;
    for (const auto& name : wanted) {
        auto keys = keysOf(settings, name);
        if (keys.empty())
            throw Error(ErrorCode::InvalidConfig,
                        "there is no key or section \"" + name + "\"; all are listed by: otgnetctl get");
        out.merge(std::move(keys));
    }
    if (wanted.empty())
        for (const auto& [key, value] : settings.items())
            out.insert(key);
    return {out.begin(), out.end()};
}

std::vector<std::string> withoutSections(const Json& settings, const std::vector<std::string>& wanted) {
    std::vector<std::string> out;
    for (const auto& name : wanted) {
        const auto keys = keysOf(settings, name);
        out.insert(out.end(), keys.begin(), keys.end());
        if (keys.empty())
            out.push_back(name);
    }
    return out;
}

} // namespace otgnet::ctl
