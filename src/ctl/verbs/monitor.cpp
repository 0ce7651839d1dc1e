// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/monitor.hpp"

#include "ctl/verbs/verbs.hpp"

#include <iostream>

namespace otgnet::ctl {

namespace {

int monitor(Session& session) {
    Loop loop;
    const bool json = session.options().json;
    Monitor listener(session.bus(), [json](const Event& event) {
        std::cout << (json ? eventJson(event) : eventLine(event)) << std::flush;
    });
    listener.tellPresent(session.bus(), session.service());
    const Source source = attachBus(session.bus(), [&loop] { loop.quit(exitFailed); });
    return loop.run();
}

} // namespace

void addMonitor(CLI::App& app, Action& action) {
    app.add_subcommand("monitor", "Show signals and changed properties as they come, until interrupted")
        ->callback([&action] { action = monitor; });
}

} // namespace otgnet::ctl
