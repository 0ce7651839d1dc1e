// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/json.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <string_view>

namespace otgnet::ctl {

namespace {

using LeaseTuple = sdbus::Struct<std::string, std::string, std::string, std::uint64_t>;
using ErrorTuple = sdbus::Struct<std::string, std::string>;
using Variants = std::vector<sdbus::Variant>;

template<class T>
Json plain(const sdbus::Variant& value) {
    return value.get<T>();
}

Json variants(const sdbus::Variant& value) {
    Json out = Json::array();
    for (const auto& item : value.get<Variants>())
        out.push_back(toJson(item));
    return out.empty() ? Json() : out;
}

Json dictionaries(const sdbus::Variant& value) {
    Json out = Json::array();
    for (const auto& item : value.get<std::vector<Properties>>())
        out.push_back(toJson(item));
    return out;
}

Json leases(const sdbus::Variant& value) {
    Json out = Json::array();
    for (const auto& lease : value.get<std::vector<LeaseTuple>>())
        out.push_back({{"address", std::get<0>(lease)},
                       {"mac", std::get<1>(lease)},
                       {"hostname", std::get<2>(lease)},
                       {"expiry", std::get<3>(lease)}});
    return out;
}

Json error(const sdbus::Variant& value) {
    const auto pair = value.get<ErrorTuple>();
    return {{"name", std::get<0>(pair)}, {"text", std::get<1>(pair)}};
}

struct Reader {
    std::string_view type;
    Json (*read)(const sdbus::Variant&);
};

constexpr std::array readers{
    Reader{"b", plain<bool>},
    Reader{"q", plain<std::uint16_t>},
    Reader{"i", plain<std::int32_t>},
    Reader{"u", plain<std::uint32_t>},
    Reader{"x", plain<std::int64_t>},
    Reader{"t", plain<std::uint64_t>},
    Reader{"d", plain<double>},
    Reader{"s", plain<std::string>},
    Reader{"as", plain<std::vector<std::string>>},
    Reader{"aq", plain<std::vector<std::uint16_t>>},
    Reader{"ax", plain<std::vector<std::int64_t>>},
    Reader{"av", variants},
    Reader{"a{sv}", [](const sdbus::Variant& value) { return toJson(value.get<Properties>()); }},
    Reader{"aa{sv}", dictionaries},
    Reader{"a(ssst)", leases},
    Reader{"(ss)", error},
};

template<class Is>
bool allOf(const Json& list, Is is) {
    return std::all_of(list.begin(), list.end(), [&](const Json& item) { return std::invoke(is, item); });
}

/// What is larger must not arrive as another number: it goes as "t", for the service to refuse it.
bool isInt64(const Json& value) {
    return value.is_number_integer() &&
           (!value.is_number_unsigned() ||
            value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
}

Properties dictionary(const Json& object) {
    Properties out;
    for (const auto& [key, item] : object.items())
        out.emplace(key, fromJson(item));
    return out;
}

template<class T, class Convert>
sdbus::Variant arrayOf(const Json& list, Convert convert) {
    std::vector<T> out;
    for (const auto& item : list)
        out.push_back(convert(item));
    return sdbus::Variant{out};
}

sdbus::Variant listVariant(const Json& list) {
    if (allOf(list, &Json::is_string)) // and the empty list: an empty av would mean "no value"
        return sdbus::Variant{list.get<std::vector<std::string>>()};
    if (allOf(list, isInt64))
        return sdbus::Variant{list.get<std::vector<std::int64_t>>()};
    if (allOf(list, &Json::is_object))
        return arrayOf<Properties>(list, dictionary);
    return arrayOf<sdbus::Variant>(list, fromJson);
}

} // namespace

Json toJson(const sdbus::Variant& value) {
    const std::string type = value.peekValueType();
    const auto* reader = std::find_if(readers.begin(), readers.end(), [&](const Reader& r) { return r.type == type; });
    return reader == readers.end() ? Json("(of type " + type + ", which this otgnetctl does not know)")
                                   : reader->read(value);
}

Json toJson(const Properties& properties) {
    Json out = Json::object();
    for (const auto& [name, value] : properties)
        out[name] = toJson(value);
    return out;
}

sdbus::Variant fromJson(const Json& value) {
    if (value.is_boolean())
        return sdbus::Variant{value.get<bool>()};
    if (isInt64(value))
        return sdbus::Variant{value.get<std::int64_t>()};
    if (value.is_number_unsigned())
        return sdbus::Variant{value.get<std::uint64_t>()};
    if (value.is_number())
        return sdbus::Variant{value.get<double>()};
    if (value.is_string())
        return sdbus::Variant{value.get<std::string>()};
    if (value.is_object())
        return sdbus::Variant{dictionary(value)};
    return value.is_array() ? listVariant(value) : sdbus::Variant{Variants{}};
}

} // namespace otgnet::ctl
