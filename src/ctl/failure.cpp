// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/failure.hpp"

#include "ctl/remote.hpp"
#include "ctl/text.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace otgnet::ctl {

namespace {

constexpr std::string_view standard = "org.freedesktop.DBus.Error.";
constexpr std::string_view own = "org.pikvm.OtgNet.Error.";

/// The part behind `prefix`, "" if it does not begin with it.
std::string_view after(std::string_view prefix, std::string_view name) {
    return name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view{};
}

bool oneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// Who to be instead of who one is.
std::string asRoot(const Options& options) {
    const std::string machine = options.host.substr(options.host.find('@') + 1); // npos + 1 is 0
    return options.host.empty() ? "run it as root" : "-H " + shellQuoted("root@" + machine);
}

std::string passwordHint(const Options& options) {
    const std::string needed = "a password is needed: ";
    if (options.host.empty())
        return needed + "run it on a terminal without --no-ask-password, or as root";
    return needed + asRoot(options) + ", or on a terminal there: " + onMachine(options.host, "otgnetctl", "-t ");
}

Failure standardFailure(std::string_view error, Failure failure, const Options& options) {
    if (error == "NoServer") {
        const bool ours = options.host.empty();
        failure.text = "the system bus" + (ours ? "" : " of " + options.host) + " cannot be reached: " + failure.text;
        failure.hint = ours ? "systemctl status dbus" : onMachine(options.host, "systemd-stdio-bridge </dev/null");
    } else if (oneOf(error, {"ServiceUnknown", "NameHasNoOwner"})) {
        failure.text = "the otgnet service is not running";
        failure.hint = onMachine(options.host, "systemctl start otgnetd");
    } else if (error == "AccessDenied") {
        failure.exitCode = exitNotAuthorized;
        failure.hint = asRoot(options) + ", or let polkit allow the action (see org.pikvm.OtgNet(5))";
    } else if (error == "InteractiveAuthorizationRequired") {
        failure.exitCode = exitNotAuthorized;
        failure.hint = passwordHint(options);
    } else if (oneOf(error, {"NoReply", "Timeout", "TimedOut"})) {
        failure.text = "the otgnet service does not answer: " + failure.text;
        failure.hint = onMachine(options.host, "journalctl -u otgnetd");
    } else if (oneOf(error, {"UnknownMethod", "UnknownInterface", "UnknownObject", "UnknownProperty"})) {
        failure.hint =
            "otgnetctl and otgnetd are of different versions: " + onMachine(options.host, "systemctl restart otgnetd");
    } else if (error.starts_with("Spawn.")) {
        failure.hint = onMachine(options.host, "systemctl status otgnetd");
    }
    return failure;
}

} // namespace

Failure explain(const std::string& name, const std::string& text, const Options& options) {
    const Failure failure{exitFailed, name, text.empty() ? name : text, ""};
    if (const auto error = after(standard, name); !error.empty())
        return standardFailure(error, failure, options);
    if (name == "org.freedesktop.systemd1.NoSuchUnit" || name == "org.freedesktop.systemd1.UnitMasked")
        return {exitFailed, name, "the otgnet service cannot be started: " + text,
                onMachine(options.host, "systemctl enable --now otgnetd")};
    if (oneOf(after(own, name), {"NoController", "ControllerBusy", "KernelSupport", "BackendUnavailable", "Conflict"}))
        return {exitFailed, name, text, onMachine(options.host, "otgnetctl doctor")};
    if (after(own, name) == "ReadOnly")
        return {exitFailed, name, text,
                onMachine(options.host, "rw") +
                    ", if it is a PiKVM (its disk is read-only by default), or leave out --persist"};
    return failure;
}

void report(const Failure& failure, const Options& options) {
    if (options.json) {
        const nlohmann::json error{{"name", failure.name}, {"text", failure.text}, {"hint", failure.hint}};
        std::cout << nlohmann::json{{"error", error}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  << std::endl;
        if (std::cout)
            return;
    }
    std::cerr << "otgnetctl: " << printable(failure.text) << '\n';
    if (!failure.hint.empty())
        std::cerr << "Try: " << printable(failure.hint) << '\n';
}

} // namespace otgnet::ctl
