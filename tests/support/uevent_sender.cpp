// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "support/uevent_sender.hpp"

#include "base/error.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

namespace otgnet::support {

UeventSender::UeventSender() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT)) {
    if (!socket_)
        throw systemError(ErrorCode::Failed, "cannot open a uevent socket", errno);
}

void UeventSender::udc(const std::string& action, const std::string& udc, const std::string& gadget) const {
    std::vector<std::string> more{"USB_UDC_NAME=" + udc};
    if (!gadget.empty())
        more.push_back("USB_UDC_DRIVER=" + gadget);
    send(action, "/devices/platform/" + udc + "/udc/" + udc, "udc", more);
}

void UeventSender::module(const std::string& action, const std::string& name) const {
    send(action, "/module/" + name, "module", {});
}

void UeventSender::send(const std::string& action, const std::string& path, const std::string& subsystem,
                        std::vector<std::string> more) const {
    more.insert(more.begin(), {"ACTION=" + action, "DEVPATH=" + path, "SUBSYSTEM=" + subsystem});
    std::string text = action + "@" + path + '\0';
    for (const std::string& line : more)
        text += line + '\0';
    std::string message(NLMSG_LENGTH(text.size()), '\0');
    nlmsghdr header{};
    header.nlmsg_len = static_cast<__u32>(message.size());
    header.nlmsg_type = NLMSG_MIN_TYPE; // lower ones, and what is no request, the kernel takes for control messages
    header.nlmsg_flags = NLM_F_REQUEST;
    message.replace(0, sizeof header, reinterpret_cast<const char*>(&header), sizeof header);
    message.replace(NLMSG_HDRLEN, text.size(), text);
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (::sendto(socket_.get(), message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
                 sizeof kernel) < 0)
        throw systemError(ErrorCode::Failed, "cannot send a uevent", errno);
}

} // namespace otgnet::support
