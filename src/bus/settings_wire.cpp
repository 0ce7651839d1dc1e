// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/settings_wire.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "core/schema.hpp"
#include "core/validators_own.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>

namespace otgnet {

namespace {

/// A failure that the key is put in front of, further up.
[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::InvalidConfig, why);
}

bool isKeyCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '/';
}

void checkKey(const std::string& key) {
    constexpr std::size_t longest = 128;
    if (key.empty() || key.size() > longest || !std::all_of(key.begin(), key.end(), isKeyCharacter))
        refuse("'" + printable(key.substr(0, longest)) + "' is no key; GetConfig lists them");
}

Value scalar(Value::Data data, std::string raw) {
    return {std::move(data), {"runtime"}, std::move(raw)};
}

// One overload a type. `depth` is how deep the value may still nest.

Value toValue(bool data, unsigned) {
    return scalar(data, data ? "true" : "false");
}

Value toValue(const std::string& data, unsigned) {
    return scalar(data, data);
}

Value toValue(double data, unsigned) {
    std::array<char, 32> text{}; // the shortest form of a double has at most 24 characters
    const auto end = std::to_chars(text.data(), text.data() + text.size(), data).ptr;
    return scalar(data, {text.data(), end});
}

template<std::integral Integer>
Value toValue(Integer data, unsigned) {
    if (std::cmp_greater(data, std::numeric_limits<std::int64_t>::max()))
        refuse(std::to_string(data) + " is too large");
    return scalar(static_cast<std::int64_t>(data), std::to_string(data));
}

Value toValue(const sdbus::Variant& variant, unsigned depth);
Value toValue(const WireSettings& entries, unsigned depth);

template<class Item>
Value toValue(const std::vector<Item>& items, unsigned depth) {
    Value::List list;
    for (const Item& item : items)
        list.push_back(toValue(item, depth));
    return items.empty() && std::is_same_v<Item, sdbus::Variant> ? scalar({}, "")
                                                                 : Value{std::move(list), {"runtime"}, ""};
}

Value toValue(const WireSettings& entries, unsigned depth) {
    Value::Map map;
    for (const auto& [key, variant] : entries) {
        checkKey(key);
        map.emplace(key, toValue(variant, depth));
    }
    return {std::move(map), {"runtime"}, ""};
}

template<class Data>
Value read(const sdbus::Variant& variant, unsigned depth) {
    return toValue(variant.get<Data>(), depth);
}

struct Reader {
    std::string_view type;
    Value (*read)(const sdbus::Variant& variant, unsigned depth);
};

template<class Data>
using List = std::vector<Data>;

/// Every D-Bus type that is taken.
constexpr std::array readers{
    Reader{"b", read<bool>},
    Reader{"y", read<std::uint8_t>},
    Reader{"n", read<std::int16_t>},
    Reader{"q", read<std::uint16_t>},
    Reader{"i", read<std::int32_t>},
    Reader{"u", read<std::uint32_t>},
    Reader{"x", read<std::int64_t>},
    Reader{"t", read<std::uint64_t>},
    Reader{"d", read<double>},
    Reader{"s", read<std::string>},
    Reader{"v", read<sdbus::Variant>},
    Reader{"ay", read<List<std::uint8_t>>},
    Reader{"an", read<List<std::int16_t>>},
    Reader{"aq", read<List<std::uint16_t>>},
    Reader{"ai", read<List<std::int32_t>>},
    Reader{"au", read<List<std::uint32_t>>},
    Reader{"ax", read<List<std::int64_t>>},
    Reader{"at", read<List<std::uint64_t>>},
    Reader{"as", read<List<std::string>>},
    Reader{"av", read<List<sdbus::Variant>>},
    Reader{"a{sv}", read<WireSettings>},
    Reader{"aa{sv}", read<List<WireSettings>>},
};

Value toValue(const sdbus::Variant& variant, unsigned depth) {
    const std::string type = variant.peekValueType();
    const auto* reader = std::find_if(readers.begin(), readers.end(), [&](const Reader& r) { return r.type == type; });
    if (reader == readers.end())
        refuse("a value of the D-Bus type '" + type + "' has no meaning here");
    if (depth == 0)
        refuse("nested too deep");
    return reader->read(variant, depth - 1);
}

template<class Item>
bool allAre(const Value::List& list) {
    return std::all_of(list.begin(), list.end(), [](const Value& v) { return std::holds_alternative<Item>(v.data); });
}

bool allArePorts(const Value::List& list) {
    return std::all_of(list.begin(), list.end(), [](const Value& value) {
        const auto* number = std::get_if<std::int64_t>(&value.data);
        return number != nullptr && std::in_range<std::uint16_t>(*number);
    });
}

sdbus::Variant toVariant(const Value& value);

WireSettings toWire(const std::map<std::string, Value>& values) {
    WireSettings wire;
    for (const auto& [key, value] : values)
        wire.emplace(printable(key), toVariant(value));
    return wire;
}

/// The list as an array of `Item`, each made by `convert`.
template<class Item, class Convert>
sdbus::Variant arrayOf(const Value::List& list, Convert convert) {
    std::vector<Item> items;
    std::transform(list.begin(), list.end(), std::back_inserter(items), convert);
    return sdbus::Variant{items};
}

sdbus::Variant toVariant(const Value::List& list) {
    if (allAre<std::string>(list))
        return arrayOf<std::string>(list, [](const Value& v) { return printable(std::get<std::string>(v.data)); });
    if (allArePorts(list))
        return arrayOf<std::uint16_t>(
            list, [](const Value& v) { return static_cast<std::uint16_t>(std::get<std::int64_t>(v.data)); });
    if (allAre<Value::Map>(list))
        return arrayOf<WireSettings>(list, [](const Value& v) { return toWire(std::get<Value::Map>(v.data)); });
    return arrayOf<sdbus::Variant>(list, [](const Value& v) { return toVariant(v); });
}

/// Value::Data -> Variant.
struct ToVariant {
    sdbus::Variant operator()(std::monostate) const { return sdbus::Variant{std::vector<sdbus::Variant>{}}; }
    sdbus::Variant operator()(const std::string& text) const { return sdbus::Variant{printable(text)}; }
    sdbus::Variant operator()(const Value::List& list) const { return toVariant(list); }
    sdbus::Variant operator()(const Value::Map& map) const { return sdbus::Variant{toWire(map)}; }
    template<class Scalar>
    sdbus::Variant operator()(Scalar data) const {
        return sdbus::Variant{data};
    }
};

sdbus::Variant toVariant(const Value& value) {
    return std::visit(ToVariant{}, value.data);
}

/// An empty list does not say what it is a list of; the rules of its key do.
sdbus::Variant emptyList(const std::string& name) {
    const Key* key = findKey(name);
    const auto* check = key == nullptr ? nullptr : key->check.target<Value (*)(const Value&)>();
    if (check != nullptr && *check == valid::ports)
        return sdbus::Variant{std::vector<std::uint16_t>{}};
    if (check != nullptr && (*check == valid::staticLeases || *check == valid::routes))
        return sdbus::Variant{std::vector<WireSettings>{}};
    return sdbus::Variant{std::vector<std::string>{}};
}

} // namespace

Settings settingsFromWire(const WireSettings& wire) {
    Settings settings;
    for (const auto& [key, variant] : wire) {
        checkKey(key);
        try {
            settings.emplace(key, toValue(variant, maxWireDepth));
        } catch (const Error& e) {
            throw Error(e.code(), key + ": " + e.what());
        }
    }
    return settings;
}

WireSettings settingsToWire(const Settings& settings) {
    WireSettings wire = toWire(settings);
    for (const auto& [key, value] : settings) {
        const auto* list = std::get_if<Value::List>(&value.data);
        if (list != nullptr && list->empty())
            wire.at(printable(key)) = emptyList(key);
    }
    return wire;
}

void checkKeys(const std::vector<std::string>& keys) {
    std::for_each(keys.begin(), keys.end(), checkKey);
}

} // namespace otgnet
