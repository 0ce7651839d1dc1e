// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_scalar.hpp"

#include "base/error.hpp"
#include "core/python.hpp"
#include "core/utf8.hpp"
#include "host/yaml_number.hpp"
#include "host/yaml_time.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace otgnet {

namespace {

template<std::size_t N>
bool oneOf(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

[[noreturn]] void wrong(const std::string& what, std::string_view text) {
    throw Error(ErrorCode::InvalidConfig, what + ": " + python::repr(text.substr(0, 64)));
}

bool isBool(std::string_view text) {
    return oneOf(std::array<std::string_view, 6>{"true", "True", "TRUE", "false", "False", "FALSE"}, text);
}

bool isNull(std::string_view text) {
    return oneOf(std::array<std::string_view, 5>{"", "~", "null", "Null", "NULL"}, text);
}

/// An explicit !!bool knows more words than a plain scalar may be.
Value::Data boolData(const std::string& text) {
    const std::string word = python::lower(text);
    if (oneOf(std::array<std::string_view, 3>{"yes", "true", "on"}, word))
        return true;
    if (oneOf(std::array<std::string_view, 3>{"no", "false", "off"}, word))
        return false;
    wrong("not a boolean", text);
}

/// base64.decodebytes(): characters that are none of the alphabet do not count, nothing does behind the padding.
std::string decodeBase64(const std::string& text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    unsigned digits = 0; // of a group of four
    unsigned padding = 0;
    for (const char c : text) {
        if (c == '=' && digits >= 2 && digits + ++padding >= 4)
            return bytes;
        const std::size_t digit = alphabet.find(c);
        if (digit == std::string_view::npos)
            continue;
        padding = 0;
        bits = bits << 6 | static_cast<unsigned>(digit);
        if (digits > 0)
            bytes += static_cast<char>(bits >> (6 - 2 * digits) & 0xffU);
        digits = (digits + 1) % 4;
    }
    if (digits != 0)
        wrong("not base64", text);
    return bytes;
}

/// Bytes as Python writes them; only this text of them can matter to anybody.
Value::Data binaryData(const std::string& text) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7f; }))
        wrong("not base64", text);
    const std::string bytes = decodeBase64(text);
    std::string latin;
    for (const char c : bytes)
        utf8::append(latin, static_cast<unsigned char>(c));
    return "b" + python::repr(latin);
}

} // namespace

std::string_view resolveScalar(std::string_view text) {
    constexpr std::string_view string = "tag:yaml.org,2002:str";
    constexpr std::string_view beginnings = "0123456789+-.tTfFnN~<=";
    if (!text.empty() && beginnings.find(text.front()) == std::string_view::npos)
        return string; // most are
    if (isNull(text))
        return "tag:yaml.org,2002:null";
    if (isBool(text))
        return "tag:yaml.org,2002:bool";
    if (yaml::isFloat(text))
        return "tag:yaml.org,2002:float";
    if (yaml::isInt(text))
        return "tag:yaml.org,2002:int";
    if (yaml::isTime(text))
        return "tag:yaml.org,2002:timestamp";
    if (text == "<<")
        return "tag:yaml.org,2002:merge";
    return text == "=" ? "tag:yaml.org,2002:value" : string;
}

Value::Data scalarData(std::string_view tag, const std::string& text) {
    if (tag == "tag:yaml.org,2002:str")
        return text;
    if (tag == "tag:yaml.org,2002:null")
        return std::monostate{};
    if (tag == "tag:yaml.org,2002:bool")
        return boolData(text);
    if (tag == "tag:yaml.org,2002:int")
        return yaml::intData(text);
    if (tag == "tag:yaml.org,2002:float")
        return yaml::floatData(text);
    if (tag == "tag:yaml.org,2002:timestamp")
        return yaml::timeData(text);
    if (tag == "tag:yaml.org,2002:binary")
        return binaryData(text);
    wrong("could not determine a constructor for the tag", tag);
}

} // namespace otgnet
