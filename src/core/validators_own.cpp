// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/validators_own.hpp"

#include "base/error.hpp"
#include "core/duration.hpp"
#include "core/net.hpp"
#include "core/python.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <set>

namespace otgnet::valid {

namespace {

/// A DHCP message has no room for more.
constexpr std::size_t mostItems = 64;

Value made(Value::Data data, const Value& from) {
    return Value{std::move(data), from.place, from.raw};
}

std::string word(const Value& value) {
    return std::get<std::string>(notEmptyString(value).data);
}

Value::List items(const Value& value) {
    Value::List list = std::get<Value::List>(options(value).data);
    if (list.size() > mostItems)
        refuse("more than " + std::to_string(mostItems) + " items");
    return list;
}

std::string address(const Value& value) {
    const std::string text = word(value);
    const auto parsed = Ipv4::parse(text);
    if (!parsed || parsed->value == 0)
        refuse("The argument " + python::repr(text) + " is not a valid IPv4 address");
    return parsed->text();
}

/// What `check` makes of the items. What it refuses is refused where the item stands.
template<typename Check>
Value each(const Value& value, Value::List list, Check check) {
    for (Value& item : list) {
        try {
            item = made(check(item), item);
        } catch (const Error& error) {
            refuseItem(item, error.what());
        }
    }
    return made(std::move(list), value);
}

/// The entries of a list of maps; each must be made of `names` only.
Value::List entries(const Value& value, const std::set<std::string>& names, std::string_view shape) {
    const auto* list = std::get_if<Value::List>(&value.data);
    if (list == nullptr || list->size() > mostItems)
        refuse("must be a list of at most " + std::to_string(mostItems) + " items of the form " + std::string(shape));
    for (const Value& item : *list) {
        const auto* map = std::get_if<Value::Map>(&item.data);
        const auto known = [&](const auto& entry) { return names.contains(entry.first); };
        if (map == nullptr || !std::all_of(map->begin(), map->end(), known))
            refuseItem(item, "The item " + python::repr(item) + " is not of the form " + std::string(shape));
    }
    return *list;
}

const Value& member(const Value& entry, const std::string& name, std::string_view shape) {
    const auto& map = std::get<Value::Map>(entry.data);
    const auto found = map.find(name);
    if (found == map.end())
        refuse("The item " + python::repr(entry) + " is not of the form " + std::string(shape));
    return found->second;
}

std::string leaseName(const Value& entry) {
    const auto& map = std::get<Value::Map>(entry.data);
    const auto found = map.find("name");
    if (found == map.end() || found->second.isNull() || found->second == Value{std::string(), {}, {}})
        return {};
    std::string name = word(asWritten(found->second));
    if (!isHostName(name))
        refuse("The argument " + python::repr(name) + " is not a valid host name");
    return name;
}

} // namespace

bool isHostName(std::string_view text) {
    constexpr std::size_t longest = 253;
    constexpr std::size_t longestLabel = 63;
    if (text.empty() || text.size() > longest)
        return false;
    while (!text.empty()) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        const std::string_view label = text.substr(0, dot);
        const bool letters = std::all_of(label.begin(), label.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
        if (label.empty() || label.size() > longestLabel || !letters || label.front() == '-' || label.back() == '-')
            return false;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return true;
}

Validator oneOf(std::vector<std::string> words) {
    return [words = std::move(words)](const Value& value) {
        const std::string text = python::lower(word(value));
        if (std::find(words.begin(), words.end(), text) == words.end()) {
            std::string all;
            for (const std::string& each : words)
                all += (all.empty() ? "" : ", ") + each;
            refuse("The argument " + python::repr(text) + " is not one of " + all);
        }
        return made(text, value);
    };
}

Value suspendDetach(const Value& value) {
    const std::string text = python::lower(word(asWritten(value)));
    if (text == "auto")
        return made(text, value);
    if (text == "off" || text == "no" || text == "false")
        return made(std::string("off"), value);
    constexpr std::chrono::hours longest{24};
    const auto time = parseDuration(text);
    if (!time || *time > longest)
        refuse("The argument " + python::repr(text) + " is not auto, off or a time of at most 24h, such as 5s");
    return made(time->count() == 0 ? std::string("off") : std::to_string(time->count()) + 's', value);
}

Value autoOrBoolean(const Value& value) {
    const std::string text = python::lower(word(value));
    return text == "auto" ? made(text, value) : boolean(value);
}

Value leaseTime(const Value& value) {
    constexpr std::chrono::hours year{24 * 365};
    const std::string text = python::lower(word(asWritten(value)));
    const auto time = parseDuration(text);
    if (!time || *time < std::chrono::seconds(1) || *time > year)
        refuse("The argument " + python::repr(text) + " is not a time from 1s to 365d, such as 12h");
    return made(text, value);
}

Value domain(const Value& value) {
    const std::string text = word(asWritten(value));
    if (!isHostName(text))
        refuse("The argument " + python::repr(text) + " is not a valid domain name");
    return made(text, value);
}

Value addresses(const Value& value) {
    return each(value, items(value), address);
}

Value dnsServers(const Value& value) {
    const Value::List list = items(value);
    if (list.size() == 1 && python::lower(word(list.front())) == "auto")
        return made(Value::List{made(std::string("auto"), list.front())}, value);
    return addresses(value);
}

Value staticLeases(const Value& value) {
    constexpr std::string_view shape = "{mac: 02:00:00:00:00:01, address: 172.30.30.10, name: host}";
    std::set<std::string> seen;
    return each(value, entries(value, {"mac", "address", "name"}, shape), [&](const Value& item) {
        const Value hardware = mac(member(item, "mac", shape));
        const std::string ip = address(member(item, "address", shape));
        if (!seen.insert(python::str(hardware)).second || !seen.insert(ip).second)
            refuse("The item " + python::repr(item) + " has a MAC or an address of an earlier one");
        return Value::Map{{"mac", hardware}, {"address", made(ip, item)}, {"name", made(leaseName(item), item)}};
    });
}

Value routes(const Value& value) {
    constexpr std::string_view shape = "{to: 10.0.0.0/8, via: 172.30.30.1}";
    return each(value, entries(value, {"to", "via"}, shape), [&](const Value& item) {
        return Value::Map{{"to", network(member(item, "to", shape))},
                          {"via", made(address(member(item, "via", shape)), item)}};
    });
}

} // namespace otgnet::valid
