// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/link_events.hpp"

#include "guest/service.hpp"
#include "sandbox/system_call.hpp"
#include "sandbox/wait.hpp"

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>

namespace otgnet::guest {

using sandbox::checked;

InNetwork::InNetwork(int network) {
    if (network < 0)
        return;
    home_ = Fd(checked(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open our network"));
    checked(::setns(network, CLONE_NEWNET), "enter a network");
}

InNetwork::~InNetwork() {
    if (home_)
        ::setns(home_.get(), CLONE_NEWNET);
}

LinkEvents::LinkEvents(int network) {
    const InNetwork inside(network);
    events_ = Fd(checked(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE), "use netlink"));
    query_ = Fd(checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "make a socket"));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    checked(::bind(events_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "listen to netlink");
}

void LinkEvents::until(const std::string& what, const std::function<bool()>& condition) {
    const sandbox::Deadline deadline(patience);
    while (!condition()) {
        sandbox::waitReadable(events_.get(), deadline, what);
        drain();
    }
}

void LinkEvents::drain() const {
    std::array<char, 32768> events{};
    while (::recv(events_.get(), events.data(), events.size(), 0) > 0) {
    }
}

bool LinkEvents::hasCarrier(const std::string& interface) const {
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    return ::ioctl(query_.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) != 0;
}

} // namespace otgnet::guest
