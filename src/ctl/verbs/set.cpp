// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/verbs/verbs.hpp"

namespace otgnet::ctl {

namespace {

struct Arguments {
    std::vector<std::string> assignments;
    bool persist = false;
};

int set(Session& session, const Arguments& arguments) {
    std::map<std::string, std::string> assignments; // what makes no sense is refused before the service is asked
    for (const auto& text : arguments.assignments) {
        if (!assignments.insert(splitAssignment(text)).second)
            throw UsageError("\"" + text + "\" sets a key for the second time");
    }
    const Json settings = toJson(session.service().GetConfig());
    Json changes = Json::object();
    for (const auto& [key, text] : assignments)
        changes[key] = valueFrom(text, settings.value(key, Json()));
    change(session, changes, arguments.persist);
    return exitDone;
}

} // namespace

void change(Session& session, const Json& changes, bool persist) {
    Properties values;
    for (const auto& [key, value] : changes.items())
        values.emplace(key, fromJson(value));
    session.authorized([&](Service& service) { service.SetConfig(values, persist); });
    if (!session.options().json)
        return;
    const Json settings = toJson(session.service().GetConfig());
    Json now = Json::object();
    for (const auto& [key, value] : changes.items())
        now[key] = settings.value(key, Json());
    session.print(now);
}

void addPersist(CLI::App& verb, bool& persist) {
    verb.add_flag("--persist", persist, "Over a restart of the service, too, not only until it ends");
}

void addSet(CLI::App& app, Action& action) {
    auto arguments = std::make_shared<Arguments>();
    auto* verb = app.add_subcommand("set", "Change settings: all of them, or none if one is refused");
    verb->add_option("SETTING", arguments->assignments, "Lists by comma, or as JSON in brackets")
        ->type_name("KEY=VALUE") // newer CLI11 takes no '=' in a name
        ->required();
    addPersist(*verb, arguments->persist);
    verb->callback(
        [&action, arguments] { action = [arguments](Session& session) { return set(session, *arguments); }; });
}

} // namespace otgnet::ctl
