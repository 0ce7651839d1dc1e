// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/listener.hpp"

#include "sandbox/system_call.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace otgnet::guest {

using sandbox::checked;

Listener::Listener(std::uint16_t port)
    : socket_(checked(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), "make a socket")) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_any;
    const int yes = 1;
    checked(::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "reuse a port");
    checked(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "take a port");
    checked(::listen(socket_.get(), 8), "listen");
}

} // namespace otgnet::guest
