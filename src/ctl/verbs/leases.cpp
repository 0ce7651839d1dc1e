// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/real_time.hpp"
#include "ctl/tables.hpp"
#include "ctl/verbs/verbs.hpp"

namespace otgnet::ctl {

namespace {

int showLeases(Session& session) {
    const Json properties = toJson(session.runningService().properties());
    if (session.options().json)
        session.print(properties.at("Leases"));
    else
        session.print(leaseTable(snapshotFrom(properties).leases, !session.options().noLegend, realNow()));
    return exitDone;
}

} // namespace

void addLeases(CLI::App& app, Action& action) {
    app.add_subcommand("leases", "List the addresses that hosts have got")->callback([&action] {
        action = showLeases;
    });
}

} // namespace otgnet::ctl
