// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The private system bus: the daemon, and a connection to look and wait from outside of the code under test.
#pragma once

#include "sandbox/process.hpp"

#include <systemd/sd-bus.h>

#include <functional>
#include <memory>
#include <string>

namespace otgnet::sandbox {

/// Starts dbus-daemon as the system bus with the stock policy (and /run/dbus/system.d); it listens when this returns.
Process startBus();

/// Blocking, on a connection of its own. Throws what the bus answers.
class Bus {
public:
    Bus();
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    bool hasOwner(const std::string& name);
    void waitForOwner(const std::string& name);
    void waitForNoOwner(const std::string& name);
    /// A property of type s, o or b (as "true" or "false").
    std::string property(const std::string& service, const std::string& path, const std::string& interface,
                         const std::string& name);
    void waitForProperty(const std::string& service, const std::string& path, const std::string& interface,
                         const std::string& name, const std::string& value);
    /// Until the property can be read: some own their name long before they have objects.
    void waitForObject(const std::string& service, const std::string& path, const std::string& interface,
                       const std::string& name);
    sd_bus* get() const { return bus_; }

private:
    /// Until the condition holds; it is asked again after every message that the match brings.
    void waitUntil(const std::string& match, const std::string& what, const std::function<bool()>& condition);

    sd_bus* bus_ = nullptr;
};

} // namespace otgnet::sandbox
