// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The verbs of otgnetctl, one file each. addX() declares the verb's arguments; if the verb is on the command line,
/// `action` is what it does. Actions answer an exit code and throw UsageError, Error or sdbus::Error.
#pragma once

#include "ctl/session.hpp"
#include "ctl/settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace otgnet::ctl {

using Action = std::function<int(Session&)>;

int showStatus(Session& session); ///< what runs without a verb

void addStatus(CLI::App& app, Action& action);
void addControl(CLI::App& app, Action& action); ///< enable, disable, replug, reload
void addLeases(CLI::App& app, Action& action);
void addGet(CLI::App& app, Action& action);
void addSet(CLI::App& app, Action& action);
void addReset(CLI::App& app, Action& action);
void addAllow(CLI::App& app, Action& action); ///< allow, deny
void addMonitor(CLI::App& app, Action& action);
void addDoctor(CLI::App& app, Action& action);

/// SetConfig, with a password if need be; with --json prints the new values.
void change(Session& session, const Json& changes, bool persist);

/// For values of which the empty one would mean something else than was typed.
inline CLI::Validator notEmpty() {
    return {[](const std::string& text) { return text.empty() ? "it is empty" : ""; }, ""};
}

/// Declares --persist.
void addPersist(CLI::App& verb, bool& persist);

} // namespace otgnet::ctl
