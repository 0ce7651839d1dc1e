// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/verbs/verbs.hpp"

namespace otgnet::ctl {

namespace {

struct Arguments {
    std::vector<std::string> keys;
    bool persist = false;
};

int reset(Session& session, const Arguments& arguments) {
    std::vector<std::string> keys;
    if (!arguments.keys.empty())
        keys = withoutSections(toJson(session.service().GetConfig()), arguments.keys);
    session.authorized([&](Service& service) { service.ResetConfig(keys, arguments.persist); });
    if (session.options().json) {
        const Json settings = toJson(session.service().GetConfig());
        Json now = Json::object();
        for (const auto& key : selectKeys(settings, keys))
            now[key] = settings.at(key);
        session.print(now);
    }
    return exitDone;
}

} // namespace

void addReset(CLI::App& app, Action& action) {
    auto arguments = std::make_shared<Arguments>();
    auto* verb = app.add_subcommand("reset", "Take back what was set, so that the files are in force again");
    verb->add_option("KEY", arguments->keys, "Keys or sections; all that were set, if none is given")
        ->check(notEmpty());
    addPersist(*verb, arguments->persist);
    verb->callback(
        [&action, arguments] { action = [arguments](Session& session) { return reset(session, *arguments); }; });
}

} // namespace otgnet::ctl
