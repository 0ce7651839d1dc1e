// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The one thing that cannot run in the sandbox: systemd as process 1. It starts units when it is asked to.
#pragma once

#include "base/loop.hpp"

#include <systemd/sd-bus.h>

#include <functional>
#include <string>
#include <vector>

namespace otgnet::sandbox {

class FakeSystemd {
public:
    explicit FakeSystemd(std::function<void(const std::string& unit)> start);
    ~FakeSystemd();
    FakeSystemd(const FakeSystemd&) = delete;
    FakeSystemd& operator=(const FakeSystemd&) = delete;

    std::vector<std::string> started;
    bool masked = false; ///< all units are: nothing is started

private:
    static int onCall(sd_bus_message* message, void* self, sd_bus_error*);
    void process() const;

    std::function<void(const std::string&)> start_;
    sd_bus* bus_ = nullptr;
    Source source_;
};

} // namespace otgnet::sandbox
