// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/monitor.hpp"

#include "ctl/verbs/verbs.hpp"

#include <exception>

namespace otgnet::ctl {

namespace {

/// Until the bus is gone or nobody reads any more; answers which, as nothing can be thrown through the C of the bus.
std::exception_ptr listen(Session& session) {
    Loop loop;
    std::exception_ptr end;
    const auto attempt = [&](const auto& call) {
        try {
            call();
        } catch (...) {
            end = std::current_exception();
            loop.quit(exitFailed);
        }
    };
    const bool json = session.options().json;
    const auto show = [json](const Event& event) { write(json ? eventJson(event) : eventLine(event)); };
    Monitor listener(session.bus(), [&](const Event& event) { attempt([&] { show(event); }); });
    listener.tellPresent(session.bus(), session.service());
    const Source source = attachBus(session.bus(), [&](const std::string& why) {
        attempt([&] { throw sdbus::Error(BusErrorName{SD_BUS_ERROR_NO_SERVER}, why); });
    });
    if (!end)
        loop.run();
    return end;
}

int monitor(Session& session) {
    std::rethrow_exception(listen(session));
}

} // namespace

void addMonitor(CLI::App& app, Action& action) {
    app.add_subcommand("monitor", "Show signals and changed properties as they come, until interrupted")
        ->callback([&action] { action = monitor; });
}

} // namespace otgnet::ctl
