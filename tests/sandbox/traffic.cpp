// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/traffic.hpp"

#include "sandbox/system_call.hpp"
#include "sandbox/wait.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace otgnet::sandbox {

namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& address, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = address.empty() ? AF_INET6 : AF_UNSPEC;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    addrinfo* found = nullptr;
    const char* host = address.empty() ? nullptr : address.c_str();
    if (const int error = getaddrinfo(host, std::to_string(port).c_str(), &hints, &found); error != 0)
        throw std::runtime_error("bad address " + address + ": " + gai_strerror(error));
    return {found, freeaddrinfo};
}

/// `family` is that of the other end where it counts.
Fd openSocket(const Endpoint& at, int type, int family) {
    Fd fd;
    inNetns(at.netns,
            [&] { fd = Fd(checked(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "make a socket")); });
    const int yes = 1;
    checked(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)), "set up a socket");
    checked(::setsockopt(fd.get(), SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes)), "set up a socket");
    return fd;
}

Fd bound(const Endpoint& at, int type) {
    const Addresses found = resolve(at.address, at.port);
    Fd fd = openSocket(at, type, found->ai_family);
    checked(::bind(fd.get(), found->ai_addr, found->ai_addrlen), "bind to " + at.address);
    return fd;
}

/// Bound only where the caller has asked for it.
Fd towards(const Endpoint& from, const Addresses& to, int type) {
    if (!from.address.empty())
        return bound(from, type);
    return openSocket(from, type, to->ai_family);
}

std::string textOf(const sockaddr_storage& from) {
    std::array<char, NI_MAXHOST> text{};
    getnameinfo(reinterpret_cast<const sockaddr*>(&from), sizeof(from), text.data(), text.size(), nullptr, 0,
                NI_NUMERICHOST);
    const std::string address = text.data();
    return address.rfind("::ffff:", 0) == 0 ? address.substr(7) : address;
}

} // namespace

void inNetns(int netns, const std::function<void()>& call) {
    if (netns < 0)
        return call();
    const Fd ours(checked(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open our network namespace"));
    checked(::setns(netns, CLONE_NEWNET), "enter a network namespace");
    call();
    checked(::setns(ours.get(), CLONE_NEWNET), "leave a network namespace");
}

Fd listenTcp(const Endpoint& at) {
    Fd fd = bound(at, SOCK_STREAM);
    checked(::listen(fd.get(), 8), "listen");
    return fd;
}

Fd startTcp(const Endpoint& from, const Endpoint& to) {
    const Addresses at = resolve(to.address, to.port);
    Fd fd = towards(from, at, SOCK_STREAM);
    if (::connect(fd.get(), at->ai_addr, at->ai_addrlen) < 0 && errno != EINPROGRESS)
        checked(-1, "connect to " + to.address);
    return fd;
}

bool connects(const Fd& socket) {
    pollfd poll{.fd = socket.get(), .events = POLLOUT, .revents = 0};
    if (checked(::poll(&poll, 1, static_cast<int>(patience.count())), "poll") == 0)
        throw TimedOut("an answer to a connection");
    return (poll.revents & (POLLERR | POLLHUP)) == 0;
}

bool isSilent(const Fd& socket) {
    pollfd poll{.fd = socket.get(), .events = POLLOUT, .revents = 0};
    return checked(::poll(&poll, 1, 0), "poll") == 0;
}

std::string acceptFrom(const Fd& listener) {
    waitReadable(listener.get(), Deadline(patience), "a connection");
    sockaddr_storage from{};
    socklen_t size = sizeof(from);
    const Fd fd(checked(::accept4(listener.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC), "accept"));
    return textOf(from);
}

Fd bindUdp(const Endpoint& at) {
    return bound(at, SOCK_DGRAM);
}

void sendUdp(const Endpoint& from, const Endpoint& to) {
    const Addresses at = resolve(to.address, to.port);
    const Fd fd = towards(from, at, SOCK_DGRAM);
    checked(::sendto(fd.get(), "x", 1, 0, at->ai_addr, at->ai_addrlen), "send to " + to.address);
}

std::string receiveUdp(const Fd& socket) {
    waitReadable(socket.get(), Deadline(patience), "a datagram");
    char byte = 0;
    sockaddr_storage from{};
    socklen_t size = sizeof(from);
    checked(::recvfrom(socket.get(), &byte, 1, 0, reinterpret_cast<sockaddr*>(&from), &size), "receive");
    return textOf(from);
}

bool isEmpty(const Fd& socket) {
    pollfd poll{.fd = socket.get(), .events = POLLIN, .revents = 0};
    return checked(::poll(&poll, 1, 0), "poll") == 0;
}

} // namespace otgnet::sandbox
