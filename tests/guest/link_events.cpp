// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/link_events.hpp"

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

void LinkEvents::until(const std::string& what, const std::function<bool()>& condition,
                       std::chrono::milliseconds time) {
    const sandbox::Deadline deadline(time);
    while (!condition()) {
        sandbox::waitReadable(events_.get(), deadline, what);
        drain();
    }
}

namespace {

constexpr unsigned lowerUp = 1U << 16; // IFF_LOWER_UP, which <net/if.h> does not know

bool tellsOfCarrier(const nlmsghdr& message, unsigned ifindex) {
    const auto* link = reinterpret_cast<const ifinfomsg*>(NLMSG_DATA(&message));
    return message.nlmsg_type == RTM_NEWLINK && static_cast<unsigned>(link->ifi_index) == ifindex &&
           (link->ifi_flags & lowerUp) != 0;
}

} // namespace

bool LinkEvents::drain(const std::string& interface) const {
    const unsigned ifindex = ::if_nametoindex(interface.c_str());
    bool carrier = false;
    alignas(nlmsghdr) std::array<char, 32768> events{};
    for (ssize_t size = 0; (size = ::recv(events_.get(), events.data(), events.size(), 0)) > 0;) {
        auto left = static_cast<unsigned>(size);
        for (auto* message = reinterpret_cast<nlmsghdr*>(events.data()); NLMSG_OK(message, left);
             message = NLMSG_NEXT(message, left))
            carrier |= tellsOfCarrier(*message, ifindex);
    }
    return carrier;
}

bool LinkEvents::hasCarrier(const std::string& interface) const {
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    return ::ioctl(query_.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) != 0;
}

} // namespace otgnet::guest
