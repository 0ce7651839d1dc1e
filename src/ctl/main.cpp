// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetctl(1): a client of org.pikvm.OtgNet1 for people and scripts.
#include "base/error.hpp"
#include "ctl/failure.hpp"
#include "ctl/verbs/verbs.hpp"

#include <algorithm>
#include <csignal>
#include <span>
#include <sstream>

namespace {

using namespace otgnet;
using namespace otgnet::ctl;

void addOptions(CLI::App& app, Options& options) {
    app.add_flag("--json", options.json, "JSON instead of text, for programs");
    app.add_flag("--no-pager", options.noPager, "Do not pipe output into a pager");
    app.add_flag("--no-legend", options.noLegend, "Tables without header and footer");
    app.add_flag("--ask-password", options.askPassword, "Let polkit ask for a password if one is needed (the default)");
    app.add_flag_callback(
        "--no-ask-password", [&options] { options.askPassword = false; }, "Never let it ask");
    app.add_option("-H,--host", options.host, "Speak with the service on another machine, over ssh")
        ->type_name("[USER@]HOST[:PORT][/CONTAINER]")
        ->check(notEmpty());
}

/// CLI11 takes the next word for the value of "--host=".
void refuseMissingValues(std::span<char*> arguments) {
    for (const std::string_view word : arguments)
        if (word.starts_with("--") && word.find('=') == word.size() - 1)
            throw CLI::ValidationError(std::string(word), "a value is missing");
}

void addVerbs(CLI::App& app, Action& action) {
    app.fallthrough(); // options may stand behind the verb; the verbs inherit it
    for (auto* add : {addStatus, addControl, addLeases, addGet, addSet, addReset, addAllow, addMonitor, addDoctor})
        add(app, action);
    app.require_subcommand(0, 1);
}

int fail(const Failure& failure, const Options& options) {
    report(failure, options);
    return failure.exitCode;
}

Failure usage(const std::string& text, const std::string& hint) {
    return {exitUsage, "org.freedesktop.DBus.Error.InvalidArgs", text, hint};
}

int run(const Options& options, const Action& action) {
    try {
        Session session(options);
        return action(session);
    } catch (const sdbus::Error& e) {
        return fail(explain(e.getName(), e.getMessage(), options), options);
    } catch (const UsageError& e) {
        return fail(usage(e.what(), ""), options);
    } catch (const Error& e) {
        return fail({exitFailed, std::string(errorName(e.code())), e.what(), ""}, options);
    } catch (const std::exception& e) {
        return fail({exitFailed, std::string(errorName(ErrorCode::Failed)), e.what(), ""}, options);
    }
}

/// They are asked for by an exception, as what makes no sense is.
int helpOrVersion(const CLI::App& app, const CLI::ParseError& asked, const Options& options) {
    std::ostringstream text;
    app.exit(asked, text);
    return run(options, [&text](Session&) {
        write(text.str());
        return int{exitDone};
    });
}

int refuse(const CLI::App& app, const CLI::ParseError& error, Options options, std::span<char*> arguments) {
    if (error.get_exit_code() == 0)
        return helpOrVersion(app, error, options);
    options.json = std::find(arguments.begin(), arguments.end(), std::string_view("--json")) != arguments.end();
    const auto verbs = app.get_subcommands();
    const std::string verb = verbs.empty() ? "" : verbs.front()->get_name() + " ";
    return fail(usage(error.what(), "otgnetctl " + verb + "--help"), options);
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_DFL); // systemd's services inherit it ignored: a monitor without a reader would go on
    CLI::App app{"Control the network on the USB port.", "otgnetctl"};
    Options options;
    Action action = showStatus;
    app.set_version_flag("--version", "otgnetctl " OTGNET_VERSION);
    addOptions(app, options);
    addVerbs(app, action);
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    try {
        refuseMissingValues(arguments);
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return refuse(app, e, options, arguments);
    }
    return run(options, action);
}
