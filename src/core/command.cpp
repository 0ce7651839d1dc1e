// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/command.hpp"

#include <algorithm>
#include <array>

namespace otgnet {

namespace {

constexpr std::string_view dnsmasqUnit = "kvmd-otgnet-dnsmasq";

Command wordsOfKey(const Settings& settings, const std::string& key) {
    Command command;
    for (const Value& word : std::get<Value::List>(settings.at(key).data))
        command.push_back({std::get<std::string>(word.data), key, word.place});
    return command;
}

/// Whether systemd-run takes the value of this option from the next word.
bool takesNext(const std::string& option) {
    constexpr std::array<std::string_view, 24> names{"--property",      "--unit",
                                                     "--uid",           "--gid",
                                                     "--slice",         "--host",
                                                     "--machine",       "--description",
                                                     "--nice",          "--setenv",
                                                     "--service-type",  "--working-directory",
                                                     "--on-active",     "--on-boot",
                                                     "--on-startup",    "--on-unit-active",
                                                     "--on-calendar",   "--on-unit-inactive",
                                                     "--path-property", "--socket-property",
                                                     "--job-mode",      "--timer-property",
                                                     "--background",    "--capsule"};
    constexpr std::string_view letters = "puHMEC";
    if (option.starts_with("--"))
        return std::find(names.begin(), names.end(), option) != names.end();
    const std::size_t letter = option.find_first_of(letters, 1); // before it there may be flags, as in -qu
    return letter != std::string::npos && letter + 1 == option.size();
}

} // namespace

Command hookCommand(const Settings& settings, const std::string& hook) {
    const std::string key = "otgnet/commands/" + hook + "_cmd";
    Command command = wordsOfKey(settings, key);
    for (const Argument& gone : wordsOfKey(settings, key + "_remove"))
        command.erase(std::remove_if(command.begin() + 1, command.end(),
                                     [&](const Argument& word) { return word.text == gone.text; }),
                      command.end());
    for (Argument& word : wordsOfKey(settings, key + "_append"))
        command.push_back(std::move(word));
    return command;
}

std::vector<std::string> wordsOf(const Command& command) {
    std::vector<std::string> words;
    for (const Argument& word : command)
        words.push_back(word.text);
    return words;
}

bool isIdle(const Command& command) {
    return command.front().text == "/bin/true";
}

bool startsDnsmasq(const Command& command) {
    const auto program = startedProgram(command);
    return program != command.end() && (program->text == "dnsmasq" || program->text.ends_with("/dnsmasq"));
}

Command::const_iterator startedProgram(const Command& command) {
    if (command.front().text != "/usr/bin/systemd-run")
        return command.end();
    for (auto word = command.begin() + 1; word != command.end(); ++word) {
        if (word->text == "--")
            return word + 1;
        if (!word->text.starts_with('-') || word->text == "-")
            return word;
        if (takesNext(word->text) && word + 1 != command.end())
            ++word;
    }
    return command.end();
}

bool stopsDnsmasq(const Command& command) {
    return command.size() == 3 && command[0].text == "/usr/bin/systemctl" && command[1].text == "stop" &&
           command[2].text == dnsmasqUnit;
}

bool namesDnsmasqUnit(const Command& command) {
    return std::any_of(command.begin(), command.end(),
                       [](const Argument& word) { return word.text.find(dnsmasqUnit) != std::string::npos; });
}

} // namespace otgnet
