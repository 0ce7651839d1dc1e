// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/traces.hpp"

#include "base/file.hpp"
#include "sandbox/process.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace otgnet::guest {

namespace {

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        result.push_back(line);
    return result;
}

std::vector<std::string> profiles() {
    std::vector<std::string> result;
    for (const std::string folder : {"/run/systemd/network", "/run/NetworkManager/conf.d",
                                     "/run/NetworkManager/system-connections", "/run/udev/rules.d"})
        for (const auto& name : listDirectory(folder))
            if (name != "lo.nmconnection") // a NetworkManager that has just been started makes it, sooner or later
                result.push_back(folder + '/' + name);
    return result;
}

std::map<std::string, std::string> sysctls() {
    const std::string folder = "/proc/sys/net/ipv4/conf/";
    std::map<std::string, std::string> result{{"ip_forward", readAttribute("/proc/sys/net/ipv4/ip_forward")}};
    for (const auto& name : listDirectory(folder))
        result.emplace(name, readAttribute(folder + name + "/forwarding"));
    return result;
}

} // namespace

Traces traces() {
    return {.gadgets = listDirectory("/sys/kernel/config/usb_gadget"),
            .interfaces = listDirectory("/sys/class/net"),
            .tables = lines(sandbox::run({"nft", "list", "tables"})),
            .profiles = profiles(),
            .sysctls = sysctls()};
}

std::ostream& operator<<(std::ostream& out, const Traces& traces) {
    using ::testing::PrintToString;
    return out << "gadgets " << PrintToString(traces.gadgets) << "\ninterfaces " << PrintToString(traces.interfaces)
               << "\ntables " << PrintToString(traces.tables) << "\nprofiles " << PrintToString(traces.profiles)
               << "\nforwarding " << PrintToString(traces.sysctls);
}

} // namespace otgnet::guest
