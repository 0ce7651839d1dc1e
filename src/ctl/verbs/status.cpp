// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/real_time.hpp"
#include "ctl/status_screen.hpp"
#include "ctl/verbs/verbs.hpp"

namespace otgnet::ctl {

int showStatus(Session& session) {
    const Json properties = toJson(session.runningService().properties());
    if (session.options().json)
        session.print(properties);
    else
        session.print(statusScreen(snapshotFrom(properties), session.style(), realNow()));
    return exitDone;
}

void addStatus(CLI::App& app, Action& action) {
    app.add_subcommand("status", "Show the USB network on one screen (the default)")->callback([&action] {
        action = showStatus;
    });
}

} // namespace otgnet::ctl
