// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A netlink socket on libmnl, and reading its messages without trusting their lengths.
#pragma once

#include "base/error.hpp"

#include <libmnl/libmnl.h>

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace otgnet {

/// The protocol's own header behind the netlink one; null if the message is too short for it.
template<class Header>
const Header* headerOf(const nlmsghdr& message) {
    const bool fits = message.nlmsg_len >= MNL_NLMSG_HDRLEN + sizeof(Header);
    return fits ? static_cast<const Header*>(mnl_nlmsg_get_payload(&message)) : nullptr;
}

/// The attributes of a message by their type; types from 32 on are none of ours.
class Attributes {
public:
    Attributes(const nlmsghdr& message, std::size_t headerSize);
    std::optional<std::uint32_t> u32(std::uint16_t type) const; ///< in the order of the attribute's own bytes
    std::optional<std::uint64_t> u64(std::uint16_t type) const;
    std::string_view text(std::uint16_t type) const; ///< "" if it is not there or not a string
    /// The first bytes as a struct; null if there are fewer.
    template<class Struct>
    const Struct* as(std::uint16_t type) const {
        const nlattr* attribute = at(type, sizeof(Struct));
        return attribute ? static_cast<const Struct*>(mnl_attr_get_payload(attribute)) : nullptr;
    }

private:
    const nlattr* at(std::uint16_t type, std::size_t atLeast) const;
    std::array<const nlattr*, 32> byType_{};
};

/// A request for the kernel: header, the protocol's header, attributes.
class Request {
public:
    template<class Header>
    Request(std::uint16_t type, std::uint16_t flags, const Header& header) : Request(type, flags) {
        *static_cast<Header*>(mnl_nlmsg_put_extra_header(message(), sizeof(Header))) = header;
    }
    Request& put(std::uint16_t type, std::uint32_t number);
    Request& put(std::uint16_t type, const std::string& text);
    const nlmsghdr& get() const { return *reinterpret_cast<const nlmsghdr*>(buffer_.data()); }

private:
    Request(std::uint16_t type, std::uint16_t flags);
    nlmsghdr* message() { return reinterpret_cast<nlmsghdr*>(buffer_.data()); }
    alignas(nlmsghdr) std::array<char, 256> buffer_{};
};

enum class Received {
    message, ///< a datagram was handled, there may be more
    nothing, ///< there is none at the moment
    overrun, ///< messages were lost: what is known has to be asked for anew
};

/// The errno of an NLMSG_ERROR; 0 = it is an acknowledgement.
int errorOf(const nlmsghdr& message);

/// Never blocks. Failures throw Error with the code given.
class NetlinkSocket {
public:
    /// `groups` are numbers as of RTNLGRP_LINK.
    NetlinkSocket(int protocol, std::initializer_list<int> groups, ErrorCode code);
    int fd() const { return mnl_socket_get_fd(socket_.get()); }
    void send(const Request& request);
    Received receive(const std::function<void(const nlmsghdr&)>& handle);
    /// Sends a request whose answer the kernel gives at once, and hands over each message of it. Answers the errno that
    /// the kernel says, 0 = none. Only for a socket without groups.
    int ask(const Request& request, const std::function<void(const nlmsghdr&)>& handle);

private:
    using Datagram = std::array<char, 64 << 10>; // the kernel fills at most 32 KiB of a dump into one
    struct Closer {
        void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
    };
    std::unique_ptr<mnl_socket, Closer> socket_;
    std::unique_ptr<Datagram> buffer_; ///< only what was used of it takes memory
    ErrorCode code_;
};

} // namespace otgnet
