// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/verbs/verbs.hpp"

namespace otgnet::ctl {

namespace {

using Call = void (org::pikvm::OtgNet1_proxy::*)();

int control(Session& session, Call call) {
    session.authorized([call](Service& service) { (service.*call)(); });
    if (session.options().json)
        session.print(toJson(session.service().properties()));
    return exitDone;
}

void add(CLI::App& app, Action& action, const char* name, const char* help, Call call) {
    app.add_subcommand(name, help)->callback([&action, call] {
        action = [call](Session& session) { return control(session, call); };
    });
}

} // namespace

void addControl(CLI::App& app, Action& action) {
    add(app, action, "enable", "Bring the USB network up", &Service::Enable);
    add(app, action, "disable", "Take the USB network down", &Service::Disable);
    add(app, action, "replug", "Unplug the gadget and plug it in again, for the host to enumerate it anew",
        &Service::Replug);
    add(app, action, "reload", "Read the configuration files again and apply the difference", &Service::Reload);
}

} // namespace otgnet::ctl
