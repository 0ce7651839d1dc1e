// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/netlink.hpp"

#include <cerrno>

namespace otgnet {

int errorOf(const nlmsghdr& message) {
    const int* number = headerOf<int>(message); // the first member of nlmsgerr, and all of the NLMSG_DONE of a dump
    return number ? -*number : 0;
}

Attributes::Attributes(const nlmsghdr& message, std::size_t headerSize) {
    const auto collect = [](const nlattr* attribute, void* self) {
        auto& byType = static_cast<Attributes*>(self)->byType_;
        if (mnl_attr_get_type(attribute) < byType.size())
            byType.at(mnl_attr_get_type(attribute)) = attribute;
        return MNL_CB_OK;
    };
    mnl_attr_parse(&message, static_cast<unsigned>(headerSize), collect, this);
}

const nlattr* Attributes::at(std::uint16_t type, std::size_t atLeast) const {
    const nlattr* attribute = byType_.at(type);
    return attribute && mnl_attr_get_payload_len(attribute) >= atLeast ? attribute : nullptr;
}

std::optional<std::uint32_t> Attributes::u32(std::uint16_t type) const {
    const nlattr* attribute = at(type, sizeof(std::uint32_t));
    return attribute ? std::optional{mnl_attr_get_u32(attribute)} : std::nullopt;
}

std::optional<std::uint64_t> Attributes::u64(std::uint16_t type) const {
    const nlattr* attribute = at(type, sizeof(std::uint64_t));
    return attribute ? std::optional{mnl_attr_get_u64(attribute)} : std::nullopt;
}

std::string_view Attributes::text(std::uint16_t type) const {
    const nlattr* attribute = at(type, 1);
    if (!attribute || mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) < 0)
        return {};
    return mnl_attr_get_str(attribute);
}

Request::Request(std::uint16_t type, std::uint16_t flags) {
    nlmsghdr* header = mnl_nlmsg_put_header(buffer_.data());
    header->nlmsg_type = type;
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
}

Request& Request::put(std::uint16_t type, std::uint32_t number) {
    mnl_attr_put_u32_check(message(), buffer_.size(), type, number);
    return *this;
}

Request& Request::put(std::uint16_t type, const std::string& text) {
    mnl_attr_put_check(message(), buffer_.size(), type, text.size() + 1, text.c_str()); // with the NUL
    return *this;
}

NetlinkSocket::NetlinkSocket(int protocol, std::initializer_list<int> groups, ErrorCode code)
    : socket_(mnl_socket_open2(protocol, SOCK_CLOEXEC | SOCK_NONBLOCK)),
      buffer_(std::make_unique_for_overwrite<Datagram>()), code_(code) {
    if (!socket_ || mnl_socket_bind(socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
        throw systemError(code_, "cannot open a netlink socket", errno);
    for (int group : groups)
        if (mnl_socket_setsockopt(socket_.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
            throw systemError(code_, "cannot subscribe to a netlink group", errno);
    int strict = 1; // lets the kernel filter dumps
    mnl_socket_setsockopt(socket_.get(), NETLINK_GET_STRICT_CHK, &strict, sizeof(strict));
}

void NetlinkSocket::send(const Request& request) {
    if (mnl_socket_sendto(socket_.get(), &request.get(), request.get().nlmsg_len) < 0)
        throw systemError(code_, "cannot ask the kernel by netlink", errno);
}

Received NetlinkSocket::receive(const std::function<void(const nlmsghdr&)>& handle) {
    const ssize_t size = mnl_socket_recvfrom(socket_.get(), buffer_->data(), buffer_->size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return Received::nothing;
    if (size < 0 && (errno == ENOBUFS || errno == ENOSPC))
        return Received::overrun;
    if (size < 0)
        throw systemError(code_, "cannot read from netlink", errno);
    int left = static_cast<int>(size);
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer_->data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left))
        handle(*message);
    return Received::message;
}

int NetlinkSocket::ask(const Request& request, const std::function<void(const nlmsghdr&)>& handle) {
    int error = 0;
    bool done = false;
    send(request);
    while (!done && receive([&](const nlmsghdr& message) {
                        const bool last = message.nlmsg_type == NLMSG_ERROR || message.nlmsg_type == NLMSG_DONE;
                        if (last)
                            error = errorOf(message);
                        else
                            handle(message);
                        done = done || last;
                    }) == Received::message) {
    }
    return error;
}

} // namespace otgnet
