// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_number.hpp"

#include "base/error.hpp"
#include "core/python.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

namespace otgnet::yaml {

namespace {

constexpr std::string_view decimal = "0123456789";
constexpr std::string_view decimalAndUnderscore = "0123456789_";

/// Takes what a pattern allows off the front of a text.
class Scan {
public:
    explicit Scan(std::string_view text) : rest_(text) {}

    bool one(std::string_view set) {
        const bool fits = !rest_.empty() && set.find(rest_.front()) != std::string_view::npos;
        rest_.remove_prefix(fits ? 1 : 0);
        return fits;
    }
    bool any(std::string_view set) { // zero or more
        rest_.remove_prefix(std::min(rest_.find_first_not_of(set), rest_.size()));
        return true;
    }
    bool some(std::string_view set) { return one(set) && any(set); }
    bool word(std::string_view text) {
        const bool fits = rest_.starts_with(text);
        rest_.remove_prefix(fits ? text.size() : 0);
        return fits;
    }
    void sign() { one("+-"); }
    bool done() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

/// (:[0-5]?[0-9])+
bool sixties(Scan& scan) {
    bool found = false;
    while (scan.one(":")) {
        const std::string_view before = scan.rest();
        if (!scan.one(decimal))
            return false;
        if (before.front() <= '5')
            scan.one(decimal);
        found = true;
    }
    return found;
}

/// ([eE][-+][0-9]+)?
bool exponent(Scan& scan) {
    return scan.done() || (scan.one("eE") && scan.one("+-") && scan.some(decimal) && scan.done());
}

bool isBased(std::string_view text) {
    Scan scan(text);
    scan.sign();
    if (!scan.one("0"))
        return false;
    if (scan.one("b"))
        return scan.some("01_") && scan.done();
    if (scan.one("x"))
        return scan.some("0123456789abcdefABCDEF_") && scan.done();
    return scan.any("01234567_") && scan.done();
}

bool isSexagesimalInt(std::string_view text) {
    Scan scan(text);
    scan.sign();
    return scan.one("123456789") && scan.any(decimalAndUnderscore) && sixties(scan) && scan.done();
}

bool isDecimal(std::string_view text) {
    Scan scan(text);
    scan.sign();
    return scan.one("123456789") && scan.any(decimalAndUnderscore) && scan.done();
}

bool isNamed(std::string_view text) {
    Scan scan(text);
    if (scan.word(".nan") || scan.word(".NaN") || scan.word(".NAN"))
        return scan.done();
    scan.sign();
    return (scan.word(".inf") || scan.word(".Inf") || scan.word(".INF")) && scan.done();
}

bool isSexagesimalFloat(std::string_view text) {
    Scan scan(text);
    scan.sign();
    return scan.some(decimalAndUnderscore) && sixties(scan) && scan.one(".") && scan.any(decimalAndUnderscore) &&
           scan.done();
}

[[noreturn]] void noNumber(std::string_view text) {
    throw Error(ErrorCode::InvalidConfig, "not a number: " + python::repr(text.substr(0, 64)));
}

/// A number of any size in decimal digits, the lowest first.
class Digits {
public:
    void shift(unsigned base, unsigned digit) {
        unsigned carry = digit;
        for (unsigned& each : digits_) {
            carry += each * base;
            each = carry % 10;
            carry /= 10;
        }
        for (; carry > 0; carry /= 10)
            digits_.push_back(carry % 10);
    }
    std::string text() const {
        std::string text;
        for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit)
            text += static_cast<char>('0' + *digit);
        return text.empty() ? "0" : text;
    }

private:
    std::vector<unsigned> digits_;
};

unsigned digitOf(char c, unsigned base, std::string_view text) {
    unsigned digit = 0;
    const auto [end, error] = std::from_chars(&c, &c + 1, digit, static_cast<int>(base));
    if (error != std::errc{} || end != &c + 1)
        noNumber(text);
    return digit;
}

/// What takes quadratic time has to end somewhere. A longer number stays the text it is, which no key takes for one.
constexpr std::size_t longest = 256;

/// int(text, base) of a text without sign, in decimal.
std::string inDecimal(std::string_view text, unsigned base) {
    if (text.empty())
        noNumber(text);
    if (text.size() > longest)
        return std::string(text);
    Digits digits;
    for (const char c : text)
        digits.shift(base, digitOf(c, base, text));
    return digits.text();
}

std::string sexagesimal(std::string_view text) {
    constexpr unsigned sixty = 60;
    if (text.size() > longest)
        return std::string(text);
    const std::size_t first = text.find(':');
    Digits digits;
    for (const char c : text.substr(0, first))
        digits.shift(10, digitOf(c, 10, text));
    for (std::size_t colon = first; colon != std::string_view::npos;) {
        const std::size_t next = text.find(':', colon + 1);
        const std::string_view part = text.substr(colon + 1, next == std::string_view::npos ? next : next - colon - 1);
        const auto number = python::toInt(part);
        if (!number || *number < 0 || *number > std::numeric_limits<unsigned>::max() / 2)
            noNumber(text);
        digits.shift(sixty, static_cast<unsigned>(*number));
        colon = next;
    }
    return digits.text();
}

std::string decimalOf(std::string_view text) {
    constexpr std::size_t pythonsLimit = 4300; // for decimal digits alone
    if (text.empty())
        noNumber(text);
    if (text.starts_with("0b"))
        return inDecimal(text.substr(2), 2);
    if (text.starts_with("0x"))
        return inDecimal(text.substr(2), 16);
    if (text.front() == '0')
        return inDecimal(text, 8);
    if (text.find(':') != std::string_view::npos)
        return sexagesimal(text);
    if (const auto number = python::toInt(text))
        return std::to_string(*number);
    if (text.size() > pythonsLimit || text.find_first_not_of(decimal) != std::string_view::npos)
        noNumber(text);
    return std::string(text);
}

std::string withoutUnderscores(std::string_view text) {
    std::string plain(text);
    plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
    return plain;
}

double sexagesimalFloat(std::string_view text) {
    constexpr double sixty = 60;
    double number = 0;
    for (;;) {
        const std::size_t colon = text.find(':');
        const auto part = python::toFloat(text.substr(0, colon));
        if (!part)
            noNumber(text);
        number = number * sixty + *part;
        if (colon == std::string_view::npos)
            return number;
        text.remove_prefix(colon + 1);
    }
}

} // namespace

bool isInt(std::string_view text) {
    return isDecimal(text) || isBased(text) || isSexagesimalInt(text);
}

bool isFloat(std::string_view text) {
    Scan scan(text);
    const bool leading = scan.one(".");
    if (leading && scan.one(decimal))
        return scan.any(decimalAndUnderscore) && exponent(scan);
    Scan full(text);
    full.sign();
    if (full.one(decimal) && full.any(decimalAndUnderscore) && full.one("."))
        return full.any(decimalAndUnderscore) && exponent(full);
    return isSexagesimalFloat(text) || isNamed(text);
}

Value::Data intData(std::string_view text) {
    const std::string plain = withoutUnderscores(text);
    std::string_view number = plain;
    const bool negative = number.starts_with('-');
    if (negative || number.starts_with('+'))
        number.remove_prefix(1);
    const std::string digits = (negative ? "-" : "") + decimalOf(number);
    std::int64_t fits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fits);
    if (error == std::errc{})
        return fits;
    return digits;
}

Value::Data floatData(std::string_view text) {
    const std::string plain = python::lower(withoutUnderscores(text));
    std::string_view number = plain;
    const double sign = number.starts_with('-') ? -1 : 1;
    if (number.starts_with('-') || number.starts_with('+'))
        number.remove_prefix(1);
    if (number == ".inf")
        return sign * std::numeric_limits<double>::infinity();
    if (number == ".nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (number.find(':') != std::string_view::npos)
        return sign * sexagesimalFloat(number);
    const auto parsed = python::toFloat(number);
    if (!parsed)
        noNumber(text);
    return sign * *parsed;
}

} // namespace otgnet::yaml
