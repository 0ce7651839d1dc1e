// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/event.hpp"

#include "ctl/text.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace otgnet::ctl {

namespace {

constexpr std::uint64_t usecPerSecond = 1'000'000;

std::string timeText(std::uint64_t usec) {
    const auto seconds = static_cast<std::time_t>(usec / usecPerSecond);
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 64> date{};
    const std::size_t size = std::strftime(date.data(), date.size(), "%F %T", &local);
    std::array<char, 16> fraction{};
    static_cast<void>(
        std::snprintf(fraction.data(), fraction.size(), ".%06u", static_cast<unsigned>(usec % usecPerSecond)));
    return std::string(date.data(), size) + fraction.data();
}

std::string fieldText(const Event& event, const std::string& name, const nlohmann::ordered_json& value) {
    using Handler = nlohmann::ordered_json::error_handler_t;
    if (name == "expiry")
        return expiryText(value.get<std::uint64_t>(), event.time);
    return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Handler::replace);
}

} // namespace

std::string eventLine(const Event& event) {
    std::string out = timeText(event.time) + "  " + event.name;
    for (const auto& [name, value] : event.fields.items())
        out += "  " + name + "=" + printable(fieldText(event, name, value));
    return out + "\n";
}

std::string eventJson(const Event& event) {
    nlohmann::ordered_json out{{"time", event.time}, {"event", event.name}};
    out.update(event.fields);
    return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

} // namespace otgnet::ctl
