// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/tables.hpp"
#include "ctl/text.hpp"
#include "ctl/verbs/verbs.hpp"

namespace otgnet::ctl {

namespace {

struct Arguments {
    std::vector<std::string> keys;
    bool value = false;
    bool keysOnly = false;
    std::string choices; ///< key whose possible values are wanted, "" = none
};

void printLines(Session& session, const std::vector<std::string>& lines) {
    if (session.options().json)
        session.print(Json(lines));
    else
        session.print(lines.empty() ? "" : join(lines, "\n") + "\n");
}

void printValues(Session& session, const Json& settings, const std::vector<std::string>& keys) {
    Json values = Json::object();
    std::vector<std::string> lines;
    for (const auto& key : keys) {
        values[key] = settings.at(key);
        lines.push_back(printable(valueText(settings.at(key))));
    }
    if (session.options().json)
        session.print(values);
    else
        printLines(session, lines);
}

Json document(const Json& settings, const Json& origins, const std::vector<std::string>& keys) {
    Json out = Json::object();
    for (const auto& key : keys)
        out[key] = {{"value", settings.at(key)}, {"origin", origins.value(key, std::string())}};
    return out;
}

void printTable(Session& session, const Json& settings, const std::vector<std::string>& keys) {
    const Json origins = session.service().GetConfigOrigins();
    if (session.options().json)
        session.print(document(settings, origins, keys));
    else
        session.print(settingsTable(settings, origins, keys, !session.options().noLegend));
}

std::vector<std::string> choicesFor(Session& session, const std::string& key, const Json& current) {
    const auto choices = session.service().GetChoices();
    if (const auto words = choices.find(key); words != choices.end())
        return words->second;
    return current.is_boolean() ? std::vector<std::string>{"true", "false"} : std::vector<std::string>{};
}

int get(Session& session, const Arguments& arguments) {
    session.runningService();
    const Json settings = session.settings();
    const auto keys = selectKeys(settings, arguments.keys);
    if (!arguments.choices.empty())
        printLines(session, choicesFor(session, arguments.choices, settings.value(arguments.choices, Json())));
    else if (arguments.keysOnly)
        printLines(session, keys);
    else if (arguments.value)
        printValues(session, settings, keys);
    else
        printTable(session, settings, keys);
    return exitDone;
}

} // namespace

void addGet(CLI::App& app, Action& action) {
    auto arguments = std::make_shared<Arguments>();
    auto* verb = app.add_subcommand("get", "Show settings in force and the place that each comes from");
    verb->add_option("KEY", arguments->keys, "Keys or sections, such as otgnet/firewall; all if none is given")
        ->check(notEmpty());
    auto* value = verb->add_flag("--value", arguments->value, "Only the values, one a line, as `set` takes them");
    // for shell completion
    verb->add_flag("--keys", arguments->keysOnly, "Only the keys")->group("")->excludes(value);
    verb->add_option("--choices", arguments->choices, "What a key can be set to")->group("")->excludes(value);
    verb->callback(
        [&action, arguments] { action = [arguments](Session& session) { return get(session, *arguments); }; });
}

} // namespace otgnet::ctl
