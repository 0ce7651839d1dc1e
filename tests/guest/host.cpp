// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/host.hpp"

#include "base/file.hpp"
#include "guest/link_events.hpp"
#include "guest/service.hpp"
#include "sandbox/system_call.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace otgnet::guest {

namespace {

using sandbox::checked;

constexpr int silenceMsec = 1500;
constexpr std::chrono::seconds soon{5};
constexpr const char* device = "/sys/bus/usb/devices/1-1/";
constexpr const char* portDisable = "/sys/bus/usb/devices/1-0:1.0/usb1-port1/disable";

/// The network interfaces that stand on the virtual host's bus, ours at the device end do not.
std::string hostInterface() {
    for (const auto& name : listDirectory("/sys/class/net")) {
        std::error_code error;
        const auto real = std::filesystem::canonical("/sys/class/net/" + name, error).string();
        if (real.find("/dummy_hcd.0/usb") != std::string::npos)
            return name;
    }
    return {};
}

sockaddr_storage socketAddress(const std::string& address, std::uint16_t port, unsigned scope, socklen_t& length) {
    sockaddr_storage storage{};
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        length = sizeof *v4;
    } else if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        v6->sin6_scope_id = scope;
        length = sizeof *v6;
    } else {
        throw std::runtime_error(address + " is no address");
    }
    return storage;
}

Host::Port outcome(int socket) {
    pollfd poll{.fd = socket, .events = POLLOUT, .revents = 0};
    if (::poll(&poll, 1, silenceMsec) == 0)
        return Host::Port::silent;
    int error = 0;
    socklen_t size = sizeof error;
    checked(::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size), "ask for the outcome of a connection");
    return error == 0 ? Host::Port::open : Host::Port::refused;
}

} // namespace

void loadController() {
    sandbox::run({"modprobe", "dummy_hcd"});
}

void unloadController() {
    sandbox::run({"modprobe", "--remove", "dummy_hcd"});
}

Host::Host() {
    loadController();
    sandbox::run({"ip", "netns", "add", "host"});
    network_ = Fd(checked(::open("/run/netns/host", O_RDONLY | O_CLOEXEC), "open the network of the host"));
    run({"ip", "link", "set", "lo", "up"});
}

Host::~Host() {
    if (std::filesystem::exists(portDisable))
        plug();
    sandbox::run({"ip", "netns", "delete", "host"});
}

void Host::unplug() {
    writeAttribute(portDisable, "1", ErrorCode::Failed);
    interface_.clear();
}

void Host::plug() {
    writeAttribute(portDisable, "0", ErrorCode::Failed);
}

/// Linux's usbnet forgets the second of two changes of the carrier while it is busy with the first (both set, and its
/// worker then clears, EVENT_LINK_CHANGE). A link that comes up while it is enumerated makes two, and a virtual host
/// fetches them within a millisecond; the next enumeration makes one.
void Host::takeInterface() {
    findInterface();
    try {
        open(soon);
    } catch (const sandbox::TimedOut&) {
        plugAnew();
    }
}

void Host::plugAnew() {
    unplug();
    plug();
    findInterface();
    open(patience);
}

void Host::findInterface() {
    LinkEvents events;
    events.until("the interface of the host", [] { return !hostInterface().empty(); });
    sandbox::run({"udevadm", "settle"}); // it gets its final name
    interface_ = hostInterface();
    driver_ = std::filesystem::read_symlink("/sys/class/net/" + interface_ + "/device/driver").filename();
    sandbox::run({"ip", "link", "set", interface_, "netns", "host"});
}

void Host::open(std::chrono::milliseconds time) const {
    LinkEvents carrier(network_.get());
    run({"ip", "link", "set", interface_, "up"});
    carrier.until(
        "the carrier of " + interface_, [&] { return carrier.hasCarrier(interface_); }, time);
}

std::string Host::driver() const {
    return driver_;
}

std::string Host::mac() const {
    const std::string text = run({"ip", "-oneline", "link", "show", "dev", interface_});
    const auto start = text.find("link/ether ");
    return start == std::string::npos ? "" : text.substr(start + std::strlen("link/ether "), 17);
}

std::string Host::deviceNumber() const {
    return descriptor("devnum");
}

std::string Host::descriptor(const std::string& attribute) const {
    return readAttribute(device + attribute);
}

std::string Host::run(const std::vector<std::string>& argv) const {
    return sandbox::run(argv, {.netns = network_.get()});
}

bool Host::pings(const std::string& address) const {
    return sandbox::Process({"ping", "-c", "1", "-W", "5", address}, {.netns = network_.get()}).wait(patience) == 0;
}

Host::Port Host::probe(const std::string& address, std::uint16_t port) const {
    const InNetwork inside(network_.get());
    socklen_t length = 0;
    const auto to = socketAddress(address, port, ::if_nametoindex(interface_.c_str()), length);
    const Fd socket(checked(::socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "make a socket"));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), length) < 0 && errno != EINPROGRESS)
        throw std::system_error(errno, std::generic_category(), "cannot connect to " + address);
    return outcome(socket.get());
}

std::ostream& operator<<(std::ostream& out, Host::Port port) {
    constexpr const char* names[] = {"open", "refused", "silent"};
    return out << names[static_cast<int>(port)];
}

} // namespace otgnet::guest
