// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/cable.hpp"

#include <iostream>

namespace otgnet::guest {

std::string configuration(const std::string& driver, const std::string& more) {
    return "otg:\n"
           "  devices:\n"
           "    ethernet:\n"
           "      driver: " +
           driver +
           "\n"
           "otgnet:\n"
           "  firewall:\n"
           "    allow_tcp: [" +
           std::to_string(openPort) + "]\n" + more;
}

void Cable::goOnline() {
    service.call().Enable();
    takeInterface();
    lease();
    service.untilState("online");
}

void Cable::takeInterface() {
    service.until("a host to be attached", [&] {
        const std::string state = service.call().State();
        return state == "attached" || state == "online";
    });
    host.takeInterface();
}

/// Where the packets have got to.
void Cable::showTraffic() const {
    std::cout << "the host got no lease\n"
              << sandbox::run({"ip", "-statistics", "link", "show", "usb0"})
              << host.run({"ip", "-statistics", "link", "show", host.interface()});
}

void Cable::lease() {
    constexpr std::chrono::seconds soon{12};
    const std::vector<std::string> name{"-x", "hostname:testpc"};
    try {
        client.emplace(host.network(), host.interface(), name, soon);
        hostAddress = client->bound().at("ip");
    } catch (const sandbox::TimedOut&) {
        client.reset();
        showTraffic();
        host.plugAnew();
        client.emplace(host.network(), host.interface(), name, patience);
        hostAddress = client->bound().at("ip");
    }
    service.untilSignal("LeaseAdded");
}

} // namespace otgnet::guest
