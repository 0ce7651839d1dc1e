// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/remote.hpp"

#include <algorithm>
#include <string_view>

namespace otgnet::ctl {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";

} // namespace

std::string shellQuoted(const std::string& word) {
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos)
        return word;
    std::string out = "'";
    for (const char c : word)
        out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
}

/// Colons within brackets are those of an IPv6 address; what is no port behind one is a container, too.
std::string onMachine(const std::string& host, const std::string& command, const std::string& sshOptions) {
    if (host.empty())
        return command;
    const auto bracket = host.find(']');
    const auto end = std::min(host.find_first_of(":/", bracket == std::string::npos ? 0 : bracket), host.size());
    const std::string port = end < host.size() && host[end] == ':' ? host.substr(end + 1) : "";
    if (port.find_first_not_of(digits) != std::string::npos || (end < host.size() && host[end] == '/'))
        return "on " + host + ": " + command;
    std::string login = host.substr(0, end);
    std::erase_if(login, [](char c) { return c == '[' || c == ']'; });
    return "ssh " + sshOptions + (port.empty() ? "" : "-p " + port + " ") + shellQuoted(login) + " " + command;
}

} // namespace otgnet::ctl
