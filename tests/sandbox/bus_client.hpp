// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A subscriber and caller in the process of the test, beside the service on the same loop: never blocks.
#pragma once

#include "sandbox/wait.hpp"

#include "base/loop.hpp"

#include <systemd/sd-bus.h>

#include <memory>
#include <string>
#include <vector>

namespace otgnet::sandbox {

struct BusMessage {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, BusMessage>;

/// What a call came to.
struct Outcome {
    std::string error; ///< D-Bus error name, "" = it returned
    std::string text;
    Message reply;
};

class BusClient {
public:
    BusClient();
    BusClient(const BusClient&) = delete;
    BusClient& operator=(const BusClient&) = delete;
    ~BusClient();

    /// A call to the service.
    Message call(const char* member, const char* interface = "org.pikvm.OtgNet1") const;
    /// Sends it and runs the loop until it is answered.
    Outcome await(const Message& call) const;
    Outcome await(const char* member) const { return await(call(member)); }
    /// Sends it; the outcome is there when `error` or `reply` is.
    std::shared_ptr<Outcome> send(const Message& call) const;

    /// From now on every signal of the service is noted: "StateChanged(…)" with its arguments as busctl shows them.
    void subscribe();
    std::vector<std::string> signals; ///< without StateSince, which is another one each time

    sd_bus* get() const { return bus_; }

private:
    static int onSignal(sd_bus_message* message, void* self, sd_bus_error*);

    sd_bus* bus_ = nullptr;
    Source source_;
};

/// The rest of a message as text: strings in quotes, arrays in [], structs in (), dictionaries in {}.
std::string textOf(sd_bus_message* message);

} // namespace otgnet::sandbox
