// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dnsmasq_words.hpp"

#include <algorithm>
#include <array>

namespace otgnet {

namespace {

struct Known {
    char letter; ///< '\0' = none
    std::string_view name;
    bool takesValue;
};

/// Those that we look at, or whose value may stand in a word of its own.
constexpr std::array table{
    Known{'F', "dhcp-range", true},
    Known{'O', "dhcp-option", true},
    Known{'\0', "dhcp-option-force", true},
    Known{'G', "dhcp-host", true},
    Known{'M', "dhcp-boot", true},
    Known{'s', "domain", true},
    Known{'p', "port", true},
    Known{'i', "interface", true},
    Known{'I', "except-interface", true},
    Known{'a', "listen-address", true},
    Known{'u', "user", true},
    Known{'g', "group", true},
    Known{'C', "conf-file", false},
    Known{'x', "pid-file", false},
    Known{'l', "dhcp-leasefile", true},
    Known{'k', "keep-in-foreground", false},
    Known{'d', "no-daemon", false},
    Known{'z', "bind-interfaces", false},
    Known{'K', "dhcp-authoritative", false},
    Known{'R', "no-resolv", false},
    Known{'h', "no-hosts", false},
    Known{'n', "no-poll", false},
    Known{'5', "no-ping", false},
    Known{'9', "leasefile-ro", false},
    Known{'8', "log-facility", true},
    Known{'A', "address", true},
    Known{'S', "server", true},
    Known{'X', "dhcp-lease-max", true},
    Known{'6', "dhcp-script", true},
    Known{'c', "cache-size", true},
    Known{'7', "conf-dir", true},
    Known{'H', "addn-hosts", true},
    Known{'J', "dhcp-ignore", true},
    Known{'U', "dhcp-vendorclass", true},
    Known{'j', "dhcp-userclass", true},
    Known{'r', "resolv-file", true},
    Known{'\0', "tftp-root", true},
    Known{'\0', "dhcp-mac", true},
    Known{'\0', "local", true},
};

bool isProgram(const Argument& word) {
    return word.text == "dnsmasq" || word.text.ends_with("/dnsmasq");
}

bool takesValue(const std::string& name) {
    return std::any_of(table.begin(), table.end(), [&](const Known& k) { return k.name == name && k.takesValue; });
}

DnsmasqOption longOption(const Argument& word) {
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(2, equals == std::string::npos ? equals : equals - 2);
    return {name, equals == std::string::npos ? "" : word.text.substr(equals + 1), word};
}

DnsmasqOption shortOption(const Argument& word) {
    const auto* const known =
        std::find_if(table.begin(), table.end(), [&](const Known& k) { return k.letter == word.text[1]; });
    return {known == table.end() ? "" : std::string(known->name), word.text.substr(2), word};
}

} // namespace

std::vector<DnsmasqOption> dnsmasqOptions(const Command& command) {
    std::vector<DnsmasqOption> options;
    auto word = std::find_if(command.begin(), command.end(), isProgram);
    for (word = word == command.end() ? word : word + 1; word != command.end(); ++word) {
        if (word->text.size() < 2 || word->text.front() != '-') {
            options.push_back({"", "", *word});
            continue;
        }
        DnsmasqOption option = word->text.starts_with("--") ? longOption(*word) : shortOption(*word);
        const bool apart = option.value.empty() && word->text.find('=') == std::string::npos;
        if (apart && takesValue(option.name) && word + 1 != command.end())
            option.value = (++word)->text;
        options.push_back(std::move(option));
    }
    return options;
}

std::vector<std::string> cutAtCommas(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

} // namespace otgnet
