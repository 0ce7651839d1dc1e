// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Sockets in any network namespace, to see what gets through. A namespace is an fd, -1 is ours.
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace otgnet::sandbox {

struct Endpoint {
    int netns = -1;
    std::string address{}; ///< IPv4 or IPv6; "" = any, of both families
    std::uint16_t port = 0;
};

/// Runs the call in the network namespace.
void inNetns(int netns, const std::function<void()>& call);

Fd listenTcp(const Endpoint& at);
/// Starts to connect; the outcome is for connects() and isSilent().
Fd startTcp(const Endpoint& from, const Endpoint& to);
/// Waits for the answer: true = connected, false = refused.
bool connects(const Fd& socket);
/// Whether there was no answer so far, neither yes nor no.
bool isSilent(const Fd& socket);
/// Waits for somebody to connect to a listening socket and answers the address they came from.
std::string acceptFrom(const Fd& listener);

Fd bindUdp(const Endpoint& at);
void sendUdp(const Endpoint& from, const Endpoint& to);
/// Waits for a datagram and answers the address it came from.
std::string receiveUdp(const Fd& socket);
/// Whether no datagram (or byte, or connection) is waiting.
bool isEmpty(const Fd& socket);

} // namespace otgnet::sandbox
