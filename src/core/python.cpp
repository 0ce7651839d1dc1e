// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/python.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace otgnet::python {

namespace {

struct Text {
    std::string operator()(std::monostate) const { return "None"; }
    std::string operator()(bool flag) const { return flag ? "True" : "False"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return floatText(number); }
    std::string operator()(const std::string& text) const { return repr(text); }
    std::string operator()(const Value::List& list) const {
        std::string text = "[";
        for (const Value& item : list)
            text += (text.size() > 1 ? ", " : "") + repr(item);
        return text + ']';
    }
    std::string operator()(const Value::Map& map) const {
        std::string text = "{";
        for (const auto& [key, value] : map)
            text += (text.size() > 1 ? ", " : "") + repr(key) + ": " + repr(value);
        return text + '}';
    }
};

std::string hexEscape(char32_t point) {
    constexpr std::string_view digits = "0123456789abcdef";
    const unsigned width = point < 0x100 ? 2 : point < 0x10000 ? 4 : 8;
    std::string text = width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U";
    for (unsigned i = width; i-- > 0;)
        text += digits[point >> (4 * i) & 15U];
    return text;
}

void appendEscaped(std::string& out, char32_t point, char quote) {
    if (point == U'\\' || point == static_cast<char32_t>(quote))
        (out += '\\') += static_cast<char>(point);
    else if (point == U'\n')
        out += "\\n";
    else if (point == U'\r')
        out += "\\r";
    else if (point == U'\t')
        out += "\\t";
    else if (point != U' ' && !utf8::isPrintable(point))
        out += hexEscape(point);
    else
        utf8::append(out, point);
}

/// Blanks off, digits of all scripts to ASCII, single underscores between digits away. Nothing if an underscore
/// stands elsewhere.
std::optional<std::string> plainNumber(std::string_view text, bool hex) {
    const auto isDigit = [hex](char c) {
        return (c >= '0' && c <= '9') || (hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
    };
    std::string ascii;
    for (std::string_view rest = utf8::strip(text); !rest.empty();) {
        const char32_t point = utf8::take(rest);
        const int digit = utf8::decimalDigit(point);
        if (digit < 0 && point > 0x7e)
            return std::nullopt;
        ascii += digit < 0 ? static_cast<char>(point) : static_cast<char>('0' + digit);
    }
    std::string plain;
    for (std::size_t i = 0; i < ascii.size(); ++i) {
        if (ascii[i] != '_')
            plain += ascii[i];
        else if (i == 0 || i + 1 == ascii.size() || !isDigit(ascii[i - 1]) || !isDigit(ascii[i + 1]))
            return std::nullopt;
    }
    return plain;
}

bool takeSign(std::string_view& text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+'))
        text.remove_prefix(1);
    return negative;
}

std::optional<double> numeric(const Value& value) {
    if (const bool* flag = std::get_if<bool>(&value.data))
        return *flag ? 1 : 0;
    if (const auto* number = std::get_if<std::int64_t>(&value.data))
        return static_cast<double>(*number);
    if (const auto* number = std::get_if<double>(&value.data))
        return *number;
    return std::nullopt;
}

/// from_chars leaves numbers that are too large or too small alone; Python makes them infinite or zero.
double beyondRange(std::string_view text) {
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && exponent + 1 < text.size() && text[exponent + 1] == '-';
    return tiny ? 0.0 : HUGE_VAL;
}

} // namespace

std::string str(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.data))
        return *text;
    return repr(value);
}

std::string repr(const Value& value) {
    return std::visit(Text{}, value.data);
}

std::string repr(std::string_view text) {
    const bool single = text.find('\'') != std::string_view::npos;
    const char quote = single && text.find('"') == std::string_view::npos ? '"' : '\'';
    std::string out(1, quote);
    while (!text.empty())
        appendEscaped(out, utf8::take(text), quote);
    return out + quote;
}

std::string floatText(double number) {
    if (std::isnan(number))
        return "nan";
    if (std::isinf(number))
        return number > 0 ? "inf" : "-inf";
    constexpr double scientificFrom = 1e16;
    constexpr double scientificBelow = 1e-4;
    const double size = std::fabs(number);
    const bool scientific = size >= scientificFrom || (size != 0 && size < scientificBelow);
    std::array<char, 64> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                            scientific ? std::chars_format::scientific : std::chars_format::fixed);
    std::string text(buffer.data(), end);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text;
}

bool truth(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.data))
        return !text->empty();
    if (const auto* list = std::get_if<Value::List>(&value.data))
        return !list->empty();
    if (const auto* map = std::get_if<Value::Map>(&value.data))
        return !map->empty();
    return numeric(value).value_or(0) != 0;
}

bool equal(const Value& left, const Value& right) {
    const auto number = numeric(left);
    const auto other = numeric(right);
    if (number || other)
        return number == other;
    const auto* list = std::get_if<Value::List>(&left.data);
    const auto* otherList = std::get_if<Value::List>(&right.data);
    if (list != nullptr && otherList != nullptr)
        return std::equal(list->begin(), list->end(), otherList->begin(), otherList->end(), equal);
    return left == right;
}

std::optional<std::int64_t> toInt(std::string_view text, int base) {
    const auto plain = plainNumber(text, base == 16);
    if (!plain)
        return std::nullopt;
    std::string_view digits = *plain;
    const bool negative = takeSign(digits);
    if (base == 16 && (digits.starts_with("0x") || digits.starts_with("0X")))
        digits.remove_prefix(2);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    if (error != std::errc{} || end != digits.data() + digits.size() || number > INT64_MAX)
        return std::nullopt;
    return negative ? -static_cast<std::int64_t>(number) : static_cast<std::int64_t>(number);
}

std::optional<double> toFloat(std::string_view text) {
    const auto plain = plainNumber(text, false);
    if (!plain)
        return std::nullopt;
    std::string_view digits = *plain;
    const bool negative = takeSign(digits);
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool named = digits.find('(') != std::string_view::npos; // nan(...)
    if (digits.empty() || digits.front() == '-' || named || end != digits.data() + digits.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range)
        number = beyondRange(digits);
    return negative ? -number : number;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::string absolutePath(std::string_view path) {
    const bool twoSlashes = path.starts_with("//") && !path.starts_with("///"); // POSIX gives them a meaning
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, slash);
        path.remove_prefix(std::min(slash + 1, path.size()));
        if (part == ".." && !parts.empty())
            parts.pop_back();
        else if (!part.empty() && part != "." && part != "..")
            parts.push_back(part);
    }
    std::string absolute = twoSlashes ? "/" : "";
    for (const std::string_view part : parts)
        (absolute += '/') += part;
    return absolute.empty() || absolute == "/" ? (twoSlashes ? "//" : "/") : absolute;
}

} // namespace otgnet::python
