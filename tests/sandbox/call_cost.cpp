// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/call_cost.hpp"

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace otgnet::sandbox {

namespace {

struct Peer {
    const char* service;
    const char* path;
    const char* interface;

    int get(sd_bus* bus, const char* property) const {
        char* text = nullptr;
        const int result = sd_bus_get_property_string(bus, service, path, interface, property, nullptr, &text);
        std::free(text);
        return result;
    }

    template<typename... Arguments>
    int call(sd_bus* bus, const char* method, const char* types, Arguments... arguments) const {
        return sd_bus_call_method(bus, service, path, interface, method, nullptr, nullptr, types, arguments...);
    }
};

constexpr Peer us{"org.pikvm.OtgNet", "/org/pikvm/OtgNet", "org.pikvm.OtgNet1"};
constexpr Peer hostnamed{"org.freedesktop.hostname1", "/org/freedesktop/hostname1", "org.freedesktop.hostname1"};

double perCall(int calls, const std::function<int()>& call) {
    const auto once = [&] {
        if (call() < 0)
            throw std::runtime_error("a call failed");
    };
    once();
    return perRound(calls, once);
}

} // namespace

double perRound(int rounds, const std::function<void()>& round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i)
        round();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / rounds;
}

std::vector<CallCost> callCosts(sd_bus* bus, int calls) {
    return {{"Get of a property", perCall(calls, [&] { return us.get(bus, "State"); }),
             perCall(calls, [&] { return hostnamed.get(bus, "Hostname"); })},
            {"Reload that changes nothing", perCall(calls, [&] { return us.call(bus, "Reload", ""); }),
             perCall(calls, [&] { return hostnamed.call(bus, "SetPrettyHostname", "sb", "", 0); })}};
}

} // namespace otgnet::sandbox
