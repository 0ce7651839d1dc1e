// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/dhcp_client.hpp"

#include "base/file.hpp"

#include <csignal>
#include <sstream>

namespace otgnet::sandbox {

namespace {

constexpr const char* scriptPath = "/run/sandbox/udhcpc.sh";

constexpr const char* script = R"(#!/bin/sh
case $1 in
bound | renew)
    ip addr replace "$ip/$mask" dev "$interface"
    [ -z "$router" ] || ip route replace default via "${router%% *}" dev "$interface" ;;
deconfig) ip addr flush dev "$interface" ;;
esac
echo "begin $1"
env | grep '^[a-z]'
echo "end $1"
)";

std::vector<std::string> commandLine(const std::string& interface, const std::vector<std::string>& arguments) {
    writeFileAtomic(scriptPath, script, 0755, ErrorCode::Failed);
    std::vector<std::string> argv{"busybox", "udhcpc", "-i", interface, "-f", "-t", "20", "-T", "1", "-s", scriptPath};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return argv;
}

} // namespace

DhcpClient::DhcpClient(int network, const std::string& interface, const std::vector<std::string>& arguments,
                       std::chrono::milliseconds time)
    : process_(commandLine(interface, arguments), {.netns = network}), time_(time) {}

DhcpAnswer DhcpClient::answer(const std::string& event) {
    process_.expect("begin " + event + "\n", time_);
    std::istringstream lines(process_.expect("end " + event + "\n", time_));
    DhcpAnswer result;
    for (std::string line; std::getline(lines, line);)
        if (const auto equals = line.find('='); equals != std::string::npos)
            result.emplace(line.substr(0, equals), line.substr(equals + 1));
    return result;
}

DhcpAnswer DhcpClient::bound() {
    return answer("bound");
}

DhcpAnswer DhcpClient::renewed() {
    process_.signal(SIGUSR1);
    return answer("renew");
}

void DhcpClient::release() {
    process_.signal(SIGUSR2);
    answer("deconfig");
}

} // namespace otgnet::sandbox
