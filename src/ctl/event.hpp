// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What `otgnetctl monitor` shows: one line an event.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace otgnet::ctl {

struct Event {
    std::uint64_t time = 0; ///< µs since the epoch, when it came to us
    std::string name;       ///< of the signal; "Service" when the service comes and goes
    nlohmann::ordered_json fields = nlohmann::ordered_json::object();

    bool operator==(const Event&) const = default;
};

/// "2026-11-23 08:12:01.123456  LeaseAdded  address=172.30.30.83 mac=…", local time.
std::string eventLine(const Event& event);
/// {"time": …, "event": "LeaseAdded", "address": …}
std::string eventJson(const Event& event);

} // namespace otgnet::ctl
