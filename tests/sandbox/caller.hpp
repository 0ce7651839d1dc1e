// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Somebody on the bus who calls the service through the generated proxy and writes down what it says.
#pragma once

#include "base/loop.hpp"
#include "ctl/monitor.hpp"
#include "sandbox/wait.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace otgnet::sandbox {

class Caller {
public:
    /// `time` is how long every wait lasts at the most.
    explicit Caller(std::chrono::milliseconds time = patience);
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    ctl::Service& call() { return calls_; }
    /// Name of the D-Bus error that the call fails with, "" if it does not fail.
    static std::string errorOf(const std::function<void()>& call);

    /// Runs the loop until the condition holds; it is asked after every event.
    void until(const std::string& what, const std::function<bool()>& condition) const;
    void untilState(const std::string& state);
    void untilSignal(const std::string& name);
    /// The service has gone from the bus and come back.
    void untilRestarted();

    /// The signals since the last call, oldest first, such as "HostAttached dummy_udc.0 high-speed". Without expiry.
    std::vector<std::string> signals();
    /// How many PropertiesChanged came since the last call.
    unsigned propertyChanges() { return std::exchange(propertyChanges_, 0); }

private:
    void record(const ctl::Event& event);

    std::chrono::milliseconds time_;
    std::unique_ptr<sdbus::IConnection> callBus_;
    std::unique_ptr<sdbus::IConnection> signalBus_;
    ctl::Service calls_;
    Source source_;
    ctl::Monitor monitor_;
    std::vector<std::string> signals_;
    unsigned starts_ = 0;
    unsigned propertyChanges_ = 0;
};

} // namespace otgnet::sandbox
