// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/command.hpp"

#include <algorithm>

namespace otgnet {

namespace {

constexpr std::string_view dnsmasqUnit = "kvmd-otgnet-dnsmasq";

Command wordsOfKey(const Settings& settings, const std::string& key) {
    Command command;
    for (const Value& word : std::get<Value::List>(settings.at(key).data))
        command.push_back({std::get<std::string>(word.data), key, word.place});
    return command;
}

bool isDnsmasq(const Argument& word) {
    return word.text == "dnsmasq" || word.text.ends_with("/dnsmasq");
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
    return command.front().text == "/usr/bin/systemd-run" && std::any_of(command.begin(), command.end(), isDnsmasq);
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
