// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/fake_systemd.hpp"

#include "base/error.hpp"

namespace otgnet::sandbox {

namespace {

void busChecked(int result, const char* what) {
    if (result < 0)
        throw systemError(ErrorCode::Failed, what, -result);
}

} // namespace

FakeSystemd::FakeSystemd(std::function<void(const std::string&)> start) : start_(std::move(start)) {
    busChecked(sd_bus_open_system(&bus_), "connect");
    busChecked(sd_bus_add_object(bus_, nullptr, "/org/freedesktop/systemd1", onCall, this), "add an object");
    busChecked(sd_bus_request_name(bus_, "org.freedesktop.systemd1", 0), "own org.freedesktop.systemd1");
    source_ = watchFd(sd_bus_get_fd(bus_), G_IO_IN, [this](GIOCondition) { process(); });
}

FakeSystemd::~FakeSystemd() {
    source_.reset();
    sd_bus_flush_close_unref(bus_);
}

void FakeSystemd::process() const {
    while (sd_bus_process(bus_, nullptr) > 0) {
    }
}

int FakeSystemd::onCall(sd_bus_message* message, void* self, sd_bus_error* error) {
    if (sd_bus_message_is_method_call(message, "org.freedesktop.systemd1.Manager", "StartUnit") <= 0)
        return 0;
    const char* unit = nullptr;
    const char* mode = nullptr;
    if (const int result = sd_bus_message_read(message, "ss", &unit, &mode); result < 0)
        return result;
    auto& systemd = *static_cast<FakeSystemd*>(self);
    if (systemd.masked)
        return sd_bus_error_setf(error, "org.freedesktop.systemd1.UnitMasked", "Unit %s is masked.", unit);
    guard("starting a unit", [&] {
        systemd.started.emplace_back(unit);
        systemd.start_(unit);
    });
    return sd_bus_reply_method_return(message, "o", "/org/freedesktop/systemd1/job/1");
}

} // namespace otgnet::sandbox
