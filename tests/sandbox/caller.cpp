// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/caller.hpp"

#include <algorithm>
#include <utility>

namespace otgnet::sandbox {

namespace {

std::string textOf(const ctl::Event& event) {
    std::string text = event.name;
    for (const auto& [key, value] : event.fields.items())
        if (key != "expiry")
            text += ' ' + value.get<std::string>();
    return text;
}

} // namespace

Caller::Caller(std::chrono::milliseconds time)
    : time_(time), callBus_(ctl::connectBus("")), signalBus_(ctl::connectBus("")), calls_(*callBus_, false),
      source_(attachBus(*signalBus_, [](const std::string& why) { throw std::runtime_error(why); })),
      monitor_(*signalBus_, [this](const ctl::Event& event) { record(event); }) {
    callBus_->setMethodCallTimeout(ctl::changeTimeout);
}

std::string Caller::errorOf(const std::function<void()>& call) {
    try {
        call();
        return {};
    } catch (const sdbus::Error& error) {
        return error.getName();
    }
}

void Caller::until(const std::string& what, const std::function<bool()>& condition) const {
    loopUntil(condition, what, time_);
}

void Caller::untilState(const std::string& state) {
    std::string last;
    try {
        until("state " + state, [&] { return (last = call().State()) == state; });
    } catch (const TimedOut& late) {
        const auto error = call().LastError();
        throw std::runtime_error(std::string(late.what()) + ", it is " + last + "; last error: " + std::get<1>(error));
    }
}

void Caller::untilSignal(const std::string& name) {
    until("signal " + name, [&] {
        return std::any_of(signals_.begin(), signals_.end(), [&](const auto& text) { return text.starts_with(name); });
    });
}

void Caller::untilRestarted() {
    const unsigned before = starts_;
    until("the restart", [&] { return starts_ != before; });
}

std::vector<std::string> Caller::signals() {
    return std::exchange(signals_, {});
}

void Caller::record(const ctl::Event& event) {
    if (event.name == "PropertiesChanged")
        ++propertyChanges_;
    else if (event.name == "Service")
        starts_ += event.fields.at("running").get<bool>() ? 1 : 0;
    else
        signals_.push_back(textOf(event));
}

} // namespace otgnet::sandbox
