// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/manager.hpp"

#include "base/file.hpp"
#include "guest/service.hpp"
#include "sandbox/process.hpp"

namespace otgnet::guest {

namespace {

std::string unitOf(const std::string& manager) {
    return manager == Manager::networkd ? "systemd-networkd.service" : "NetworkManager.service";
}

void systemctl(const std::vector<std::string>& words) {
    std::vector<std::string> argv{"systemctl"};
    argv.insert(argv.end(), words.begin(), words.end());
    sandbox::Process process(argv);
    if (process.wait(patience) != 0)
        throw std::runtime_error("systemctl " + words.front() + ": " + process.output());
}

} // namespace

/// The leases of the test before: the host is another one now.
void forgetLeases() {
    for (const char* file :
         {"/run/systemd/netif/dhcp-server-lease/usb0", "/var/lib/systemd/network/dhcp-server-lease/usb0",
          "/var/lib/NetworkManager/dnsmasq-usb0.leases"})
        removeFile(file, ErrorCode::Failed);
}

Manager::Manager(const std::string& name) : name_(name) {
    if (name == networkd)
        systemctl({"stop", unitOf(networkManager)});
    else
        systemctl({"stop", "systemd-networkd.socket", unitOf(networkd)});
    forgetLeases();
    systemctl({"start", unitOf(name)});
    writeAttribute("/proc/sys/net/ipv4/ip_forward", "0", ErrorCode::Failed); // whatever the test before has left
}

void Manager::restart() const {
    systemctl({"restart", unitOf(name_)});
}

} // namespace otgnet::guest
