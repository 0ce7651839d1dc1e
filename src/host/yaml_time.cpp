// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_time.hpp"

#include "base/error.hpp"
#include "core/python.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace otgnet::yaml {

namespace {

struct Time {
    int year = 0;
    int month = 0;
    int day = 0;
    bool hasClock = false;
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::string fraction;
    bool hasZone = false;
    int zoneSign = 1;
    int zoneHour = 0;
    int zoneMinute = 0;
    bool shortDate = false; ///< a month or day of one digit: a date only together with a clock
};

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    /// `least` to `most` digits.
    bool digits(std::size_t least, std::size_t most, int& number) {
        std::size_t count = 0;
        for (number = 0; count < most && count < rest_.size() && isDigit(rest_[count]); ++count)
            number = number * 10 + (rest_[count] - '0');
        rest_.remove_prefix(count);
        taken_ = count;
        return count >= least;
    }
    bool one(std::string_view set) {
        const bool fits = !rest_.empty() && set.find(rest_.front()) != std::string_view::npos;
        last_ = fits ? rest_.front() : '\0';
        rest_.remove_prefix(fits ? 1 : 0);
        return fits;
    }
    bool blanks() {
        const std::size_t before = rest_.size();
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
        return rest_.size() < before;
    }
    std::string allDigits() {
        const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), isDigit);
        std::string text(rest_.begin(), end);
        rest_.remove_prefix(text.size());
        return text;
    }
    bool done() const { return rest_.empty(); }
    char last() const { return last_; }
    std::size_t taken() const { return taken_; }

private:
    static bool isDigit(char c) { return c >= '0' && c <= '9'; }

    std::string_view rest_;
    std::size_t taken_ = 0;
    char last_ = '\0';
};

bool readDate(Reader& in, Time& time) {
    if (!in.digits(4, 4, time.year) || !in.one("-") || !in.digits(1, 2, time.month))
        return false;
    time.shortDate = in.taken() < 2;
    if (!in.one("-") || !in.digits(1, 2, time.day))
        return false;
    time.shortDate = time.shortDate || in.taken() < 2;
    return true;
}

bool readZone(Reader& in, Time& time) {
    in.blanks();
    time.hasZone = in.one("Z+-");
    if (!time.hasZone || in.last() == 'Z')
        return time.hasZone && in.done();
    time.zoneSign = in.last() == '-' ? -1 : 1;
    return in.digits(1, 2, time.zoneHour) &&
           (in.done() || (in.one(":") && in.digits(2, 2, time.zoneMinute) && in.done()));
}

bool readClock(Reader& in, Time& time) {
    time.hasClock = true;
    if (!in.one("Tt") && !in.blanks())
        return false;
    if (!in.digits(1, 2, time.hour) || !in.one(":") || !in.digits(2, 2, time.minute) || !in.one(":") ||
        !in.digits(2, 2, time.second))
        return false;
    if (in.one("."))
        time.fraction = in.allDigits();
    return in.done() || readZone(in, time);
}

std::optional<Time> read(std::string_view text) {
    Reader in(text);
    Time time;
    if (!readDate(in, time))
        return std::nullopt;
    if (in.done())
        return time;
    return readClock(in, time) ? std::optional{time} : std::nullopt;
}

bool exists(const Time& time) {
    const std::chrono::year_month_day date{std::chrono::year(time.year),
                                           std::chrono::month(static_cast<unsigned>(time.month)),
                                           std::chrono::day(static_cast<unsigned>(time.day))};
    return date.ok() && time.year > 0 && time.hour < 24 && time.minute < 60 && time.second < 60 &&
           time.zoneHour * 60 + time.zoneMinute < 24 * 60;
}

std::string fractionText(std::string fraction) {
    constexpr std::size_t microseconds = 6;
    fraction.resize(microseconds, '0');
    return fraction == "000000" ? "" : '.' + fraction;
}

} // namespace

bool isTime(std::string_view text) {
    const auto time = read(text);
    return time && (time->hasClock || !time->shortDate);
}

Value::Data timeData(std::string_view text) {
    const auto time = read(text);
    if (!time || !exists(*time))
        throw Error(ErrorCode::InvalidConfig, "not a date: " + python::repr(text.substr(0, 64)));
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02d", time->year, time->month, time->day);
    std::string written = buffer.data();
    if (!time->hasClock)
        return written;
    std::snprintf(buffer.data(), buffer.size(), " %02d:%02d:%02d", time->hour, time->minute, time->second);
    written += buffer.data() + fractionText(time->fraction);
    if (!time->hasZone)
        return written;
    const bool negative = time->zoneSign < 0 && (time->zoneHour != 0 || time->zoneMinute != 0);
    std::snprintf(buffer.data(), buffer.size(), "%c%02d:%02d", negative ? '-' : '+', time->zoneHour, time->zoneMinute);
    return written + buffer.data();
}

} // namespace otgnet::yaml
