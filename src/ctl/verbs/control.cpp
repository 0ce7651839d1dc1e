// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/text.hpp"
#include "ctl/verbs/verbs.hpp"

#include <iostream>

namespace otgnet::ctl {

namespace {

using Call = void (org::pikvm::OtgNet1_proxy::*)();

int control(Session& session, Call call) {
    session.authorized([call](Service& service) { (service.*call)(); });
    if (session.options().json)
        session.print(toJson(session.service().properties()));
    return exitDone;
}

/// Who has just edited a file wants to hear at once of the key that he mistyped.
int reload(Session& session) {
    const int code = control(session, &Service::Reload);
    if (!session.options().json)
        for (const std::string& warning : session.service().Warnings())
            std::cerr << "otgnetctl: warning: " << printable(warning) << '\n';
    return code;
}

void add(CLI::App& app, Action& action, const char* name, const char* help, const Action& verb) {
    app.add_subcommand(name, help)->callback([&action, verb] { action = verb; });
}

Action calling(Call call) {
    return [call](Session& session) { return control(session, call); };
}

} // namespace

void addControl(CLI::App& app, Action& action) {
    add(app, action, "enable", "Bring the USB network up", calling(&Service::Enable));
    add(app, action, "disable", "Take the USB network down", calling(&Service::Disable));
    add(app, action, "replug", "Unplug the gadget and plug it in again, for the host to enumerate it anew",
        calling(&Service::Replug));
    add(app, action, "reload", "Read the configuration files again and apply the difference", reload);
}

} // namespace otgnet::ctl
