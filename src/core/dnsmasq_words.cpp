// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dnsmasq_words.hpp"

#include <algorithm>
#include <array>

namespace otgnet {

namespace {

enum class Takes { nothing, value, valueIfShort };

struct Known {
    char letter; ///< '\0' = none
    std::string_view name;
    Takes takes; ///< whether the value may stand in the next word
};

/// Those that we look at, or whose value may stand in a word of its own.
constexpr std::array table{
    Known{'F', "dhcp-range", Takes::value},
    Known{'O', "dhcp-option", Takes::value},
    Known{'\0', "dhcp-option-force", Takes::value},
    Known{'G', "dhcp-host", Takes::value},
    Known{'M', "dhcp-boot", Takes::value},
    Known{'s', "domain", Takes::value},
    Known{'p', "port", Takes::value},
    Known{'i', "interface", Takes::value},
    Known{'I', "except-interface", Takes::value},
    Known{'a', "listen-address", Takes::value},
    Known{'u', "user", Takes::value},
    Known{'g', "group", Takes::value},
    Known{'C', "conf-file", Takes::valueIfShort},
    Known{'x', "pid-file", Takes::valueIfShort},
    Known{'l', "dhcp-leasefile", Takes::value},
    Known{'k', "keep-in-foreground", Takes::nothing},
    Known{'d', "no-daemon", Takes::nothing},
    Known{'z', "bind-interfaces", Takes::nothing},
    Known{'K', "dhcp-authoritative", Takes::nothing},
    Known{'R', "no-resolv", Takes::nothing},
    Known{'h', "no-hosts", Takes::nothing},
    Known{'n', "no-poll", Takes::nothing},
    Known{'5', "no-ping", Takes::nothing},
    Known{'9', "leasefile-ro", Takes::nothing},
    Known{'8', "log-facility", Takes::value},
    Known{'A', "address", Takes::value},
    Known{'S', "server", Takes::value},
    Known{'X', "dhcp-lease-max", Takes::value},
    Known{'6', "dhcp-script", Takes::value},
    Known{'c', "cache-size", Takes::value},
    Known{'7', "conf-dir", Takes::value},
    Known{'H', "addn-hosts", Takes::value},
    Known{'J', "dhcp-ignore", Takes::value},
    Known{'U', "dhcp-vendorclass", Takes::value},
    Known{'j', "dhcp-userclass", Takes::value},
    Known{'r', "resolv-file", Takes::value},
    Known{'\0', "tftp-root", Takes::value},
    Known{'\0', "dhcp-mac", Takes::value},
    Known{'\0', "local", Takes::value},
};

bool takesNext(const std::string& name, bool isShort) {
    return std::any_of(table.begin(), table.end(), [&](const Known& k) {
        return k.name == name && (k.takes == Takes::value || (isShort && k.takes == Takes::valueIfShort));
    });
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
    auto word = startedProgram(command);
    for (word = word == command.end() ? word : word + 1; word != command.end(); ++word) {
        if (word->text.size() < 2 || word->text.front() != '-') {
            options.push_back({"", "", *word});
            continue;
        }
        const bool isShort = !word->text.starts_with("--");
        DnsmasqOption option = isShort ? shortOption(*word) : longOption(*word);
        const bool apart = option.value.empty() && word->text.find('=') == std::string::npos;
        if (apart && takesNext(option.name, isShort) && word + 1 != command.end())
            option.value = (++word)->text;
        options.push_back(std::move(option));
    }
    return options;
}

std::vector<std::string> cutAtCommas(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string_view part = std::string_view(text).substr(begin, end - begin);
        const std::size_t first = std::min(part.find_first_not_of(' '), part.size());
        parts.emplace_back(part.substr(first, part.find_last_not_of(' ') + 1 - first));
        begin = end + 1;
    }
    return parts;
}

} // namespace otgnet
