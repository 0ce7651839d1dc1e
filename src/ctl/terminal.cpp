// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/terminal.hpp"

#include "base/error.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace otgnet::ctl {

namespace {

std::optional<bool> colourSwitch(const char* value) {
    const std::string_view text = value == nullptr ? "" : value;
    if (text.empty())
        return std::nullopt;
    return text != "0" && text != "no" && text != "false" && text != "off" && text != "n" && text != "f";
}

/// One that can neither colour nor move its cursor.
bool isDumb(const char* term) {
    const std::string_view name = term == nullptr ? "" : term;
    return name.empty() || name == "dumb";
}

/// The pager's command line, "" = none.
std::string pagerCommand() {
    if (isatty(STDOUT_FILENO) == 0 || isDumb(std::getenv("TERM")))
        return "";
    for (const char* variable : {"SYSTEMD_PAGER", "PAGER"}) {
        if (const char* value = std::getenv(variable); value != nullptr)
            return std::string_view(value) == "cat" ? "" : value;
    }
    return "less";
}

} // namespace

Style plainStyle() {
    return {};
}

Style colourStyle() {
    return {"\x1b[0;1;32m", "\x1b[0;1;33m", "\x1b[0;1;31m", "\x1b[0;90m", "\x1b[0;1m", "\x1b[0m"};
}

bool wantsColours(bool isTerminal, const ColourEnvironment& environment) {
    if (const auto said = colourSwitch(environment.systemdColors))
        return *said;
    if (environment.noColor != nullptr && *environment.noColor != '\0')
        return false;
    return isTerminal && !isDumb(environment.term);
}

Style outputStyle() {
    const ColourEnvironment environment{std::getenv("SYSTEMD_COLORS"), std::getenv("NO_COLOR"), std::getenv("TERM")};
    return wantsColours(isatty(STDOUT_FILENO) != 0, environment) ? colourStyle() : plainStyle();
}

void write(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (std::fflush(stdout) != 0 || !written)
        throw systemError(ErrorCode::Failed, "cannot write the output", errno);
}

void page(const std::string& text, bool noPager) {
    const std::string command = noPager ? "" : pagerCommand();
    if (command.empty())
        return write(text);
    setenv("LESS", "FRSXMK", 0);  // quit if it fits on one screen, pass colours, as systemd's tools do
    setenv("LESSSECURE", "1", 1); // we may run under sudo: no shell out of the pager
    signal(SIGPIPE, SIG_IGN);     // the pager may be left before it has read all
    std::fflush(stdout);
    FILE* pager = popen(command.c_str(), "w");
    if (pager == nullptr)
        return write(text);
    std::fwrite(text.data(), 1, text.size(), pager);
    constexpr int shellNotFound = 127 << 8;
    if (pclose(pager) == shellNotFound)
        write(text);
}

} // namespace otgnet::ctl
