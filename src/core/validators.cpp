// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/validators.hpp"

#include "base/error.hpp"
#include "core/config.hpp"
#include "core/net.hpp"
#include "core/python.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace otgnet {

void refuse(const std::string& reason) {
    throw Error(ErrorCode::InvalidConfig, reason);
}

void refuseItem(const Value& item, const std::string& reason) {
    throw ConfigError("", item.place, reason);
}

namespace valid {

namespace {

Value made(Value::Data data, const Value& from) {
    return Value{std::move(data), from.place, from.raw};
}

[[noreturn]] void notValid(std::string_view argument, std::string_view name) {
    refuse("The argument " + python::repr(argument) + " is not a valid " + std::string(name));
}

/// str(value).strip(); null is no string, and the text must not be longer than `limit` as it was written.
std::string text(const Value& value, std::string_view name, std::size_t limit) {
    if (value.isNull())
        refuse("None argument is not a valid " + std::string(name));
    const std::string whole = python::str(value);
    if (utf8::length(whole) > limit)
        refuse("The argument is longer than " + std::to_string(limit) + " characters");
    return std::string(utf8::strip(whole));
}

std::string notEmpty(const Value& value, std::string_view name, std::size_t limit) {
    std::string stripped = text(value, name, limit);
    if (stripped.empty())
        refuse("None argument is not a valid " + std::string(name));
    return stripped;
}

constexpr std::size_t shortText = 16;
constexpr std::size_t longText = 4096;
constexpr std::size_t noLimit = std::string::npos;

template<std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::int64_t integer(const Value& value, Bounds bounds, std::string_view name) {
    const std::string digits = notEmpty(value, name, shortText);
    const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
    const auto parsed = hex ? python::toInt(std::string_view(digits).substr(2), 16) : python::toInt(digits);
    if (!parsed)
        notValid(digits, name);
    const std::string must = "The argument '" + std::to_string(*parsed) + "' must be " + std::string(name);
    if (*parsed < bounds.min)
        refuse(must + " and greater or equal than " + std::to_string(bounds.min));
    if (*parsed > bounds.max)
        refuse(must + " and lesser or equal than " + std::to_string(bounds.max));
    return *parsed;
}

/// Number of leading one bits if only zeros follow.
std::optional<unsigned> prefixOf(std::uint32_t mask) {
    const auto ones = static_cast<unsigned>(std::countl_one(mask));
    return std::popcount(mask) == static_cast<int>(ones) ? std::optional{ones} : std::nullopt;
}

/// What follows the slash: a prefix length, a netmask or a hostmask.
std::optional<unsigned> parsePrefix(std::string_view mask) {
    unsigned prefix = 0;
    const auto [end, error] = std::from_chars(mask.data(), mask.data() + mask.size(), prefix);
    if (error == std::errc{} && end == mask.data() + mask.size())
        return prefix <= 32 ? std::optional{prefix} : std::nullopt;
    const auto address = Ipv4::parse(mask);
    if (!address)
        return std::nullopt;
    const auto netmask = prefixOf(address->value);
    return netmask ? netmask : prefixOf(~address->value);
}

std::optional<Cidr4> parseNetwork(std::string_view whole) {
    const std::size_t slash = whole.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const auto address = Ipv4::parse(whole.substr(0, slash));
    const auto prefix = parsePrefix(whole.substr(slash + 1));
    if (!address || !prefix)
        return std::nullopt;
    const Cidr4 network = Cidr4::of(*address, static_cast<std::uint8_t>(*prefix));
    return network.network == *address ? std::optional{network} : std::nullopt;
}

/// A list as it is, or one text cut at the separators; the pieces are not stripped yet.
Value::List items(const Value& value, std::string_view separators, std::string_view name) {
    if (utf8::length(python::str(value)) > longText)
        refuse("The argument is longer than " + std::to_string(longText) + " characters");
    if (const auto* list = std::get_if<Value::List>(&value.data))
        return *list;
    Value::List cut;
    const std::string whole = text(value, name, longText);
    for (std::size_t begin = 0; begin < whole.size();) {
        const std::size_t end = std::min(whole.find_first_of(separators, begin), whole.size());
        if (end > begin)
            cut.push_back(Value{whole.substr(begin, end - begin), value.place, {}});
        begin = end + 1;
    }
    return cut;
}

/// kvmd's words, which do not say which item; and then which one, where it stands, and why. Short enough for the end
/// not to be cut off.
std::string itemText(const std::string& whole, const Value& item, const std::string& why) {
    constexpr std::size_t ofList = 256;
    constexpr std::size_t ofItem = 64;
    const std::string place = item.place.line == 0 ? "" : " (line " + std::to_string(item.place.line) + ')';
    return "Failed sub-validator on one of the item of " + utf8::clipped(whole, ofList) + ": " +
           utf8::clipped(python::repr(item), ofItem) + place + ": " + why;
}

template<typename Check>
Value each(const Value& value, Value::List list, Check check) {
    const std::string whole = python::repr(Value{list, {}, {}});
    for (Value& item : list) {
        try {
            item = made(check(item), item);
        } catch (const Error& error) {
            refuse(itemText(whole, item, error.what()));
        }
    }
    return made(std::move(list), value);
}

} // namespace

Value boolean(const Value& value) {
    constexpr std::array<std::string_view, 3> yes{"1", "true", "yes"};
    constexpr std::array<std::string_view, 3> no{"0", "false", "no"};
    constexpr std::string_view name = "bool (['1', 'true', 'yes'] or ['0', 'false', 'no'])";
    const std::string word = python::lower(notEmpty(value, name, shortText));
    if (!contains(yes, word) && !contains(no, word))
        notValid(word, name);
    return made(contains(yes, word), value);
}

Validator number(Bounds bounds, std::string_view name) {
    return [bounds, name](const Value& value) { return made(integer(value, bounds, name), value); };
}

Value atLeastTenth(const Value& value) {
    constexpr double least = 0.1;
    const std::string digits = notEmpty(value, "float", shortText);
    const auto seconds = python::toFloat(digits);
    if (!seconds)
        notValid(digits, "float");
    if (*seconds < least)
        refuse("The argument '" + python::floatText(*seconds) + "' must be float and greater or equal than 0.1");
    return made(*seconds, value);
}

Value ethernetDriver(const Value& value) {
    const std::string word = python::lower(text(value, "OTG Ethernet driver", shortText));
    if (std::ranges::find(driverNames(), word) == driverNames().end())
        notValid(word, "OTG Ethernet driver");
    return made(word, value);
}

Value asWritten(const Value& value) {
    const bool otherwise = !value.raw.empty() && !value.isNull() && !std::holds_alternative<std::string>(value.data);
    return otherwise ? made(value.raw, value) : value;
}

Value mac(const Value& value) {
    constexpr std::size_t limit = 32;
    const std::string word = text(asWritten(value), "MAC address", limit);
    const auto address = MacAddress::parse(word);
    if (!address)
        notValid(word, "MAC address");
    if (address->isMulticast())
        refuse("The argument '" + address->text() + "' is a multicast address, which no interface can have");
    if (address->isZero())
        refuse("The argument '" + address->text() + "' is the zero address, which no interface can have");
    return made(address->text(), value);
}

Value network(const Value& value) {
    constexpr std::size_t limit = 128;
    if (python::str(value).find('/') == std::string::npos)
        notValid(python::str(value), "IPv4 network");
    const std::string word = notEmpty(value, "IPv4 network", limit);
    const auto parsed = parseNetwork(word);
    if (!parsed)
        notValid(word, "IPv4 network");
    return made(parsed->text(), value);
}

Value ports(const Value& value) {
    constexpr std::int64_t last = 65535;
    return each(value, items(value, ",\t ", "ports list"), [](const Value& item) {
        return integer(item, {0, last}, "network port");
    });
}

Value strippedString(const Value& value) {
    return made(text(value, "stripped string", noLimit), value);
}

Value notEmptyString(const Value& value) {
    return made(notEmpty(value, "not empty stripped string", noLimit), value);
}

Value options(const Value& value) {
    return each(value, items(value, ",\t", "options"),
                [](const Value& item) { return text(item, "options item", noLimit); });
}

Value command(const Value& value) {
    Value made = options(value);
    auto& words = std::get<Value::List>(made.data);
    if (words.empty())
        refuse("The argument " + python::repr(value) + " is not a valid command");
    words.front() = absolutePath(words.front());
    return made;
}

Value fileName(const Value& value) {
    constexpr std::size_t limit = 512;
    constexpr std::size_t longest = 255;
    const std::string word = notEmpty(value, "printable filename", limit);
    if (word.find('/') != std::string::npos || word.find('\0') != std::string::npos || word.starts_with('.') ||
        word == "lost+found")
        notValid(word, "printable filename");
    std::string name;
    std::string_view rest = word;
    for (std::size_t i = 0; i < longest && !rest.empty(); ++i) {
        const char32_t point = utf8::take(rest);
        utf8::append(name, utf8::isPrintable(point) || point == U' ' ? point : U'_');
    }
    return made(name, value);
}

Value user(const Value& value) {
    constexpr std::size_t limit = 128;
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
    constexpr std::string_view inner = "abcdefghijklmnopqrstuvwxyz_0123456789@.-";
    const std::string word = text(value, "username characters", limit);
    const bool begins = !word.empty() && letters.find(word.front()) != std::string_view::npos;
    const bool goesOn = word.find_first_not_of(inner) == std::string::npos;
    if (!begins || !goesOn || word.back() == '.' || word.back() == '@')
        notValid(word, "username characters");
    return made(word, value);
}

Value absolutePath(const Value& value) {
    return made(python::absolutePath(notEmpty(value, "absolute path", longText)), value);
}

} // namespace valid

} // namespace otgnet
