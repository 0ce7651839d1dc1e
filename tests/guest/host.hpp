// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The computer at the other end: the host side of dummy_hcd, with its network in a namespace of its own.
#pragma once

#include "base/fd.hpp"
#include "sandbox/process.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace otgnet::guest {

class Host {
public:
    Host();  ///< dummy_hcd is loaded and the cable is in
    ~Host(); ///< the cable is in again
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    void unplug(); ///< switches the port off
    void plug();
    /// Waits for the network interface of the gadget, takes it over, and waits for its carrier.
    void takeInterface();
    /// Pulls the cable and takes the interface that comes when it is in again.
    void plugAnew();
    const std::string& interface() const { return interface_; }
    std::string driver() const;                                 ///< kernel driver of the interface
    std::string mac() const;                                    ///< of the interface
    std::string deviceNumber() const;                           ///< another one after each enumeration
    std::string descriptor(const std::string& attribute) const; ///< of the USB device, such as "idVendor"
    int network() const { return network_.get(); }              ///< its namespace, for ProcessOptions

    std::string run(const std::vector<std::string>& argv) const;
    bool pings(const std::string& address) const;

    enum class Port { open, refused, silent };
    /// What a TCP connection to this port ends in; silent: no answer in a second and a half.
    Port probe(const std::string& address, std::uint16_t port) const;

private:
    void findInterface();
    void open(std::chrono::milliseconds time) const;

    Fd network_;
    std::string interface_;
    std::string driver_;
};

std::ostream& operator<<(std::ostream& out, Host::Port port);

/// (Un)loads the virtual controller together with the virtual host, as if the hardware came and went.
///
/// Linux 6.1.176 (NCM) and 6.12.117 (all functions) move the link away from the controller at an unbind, and the class
/// directory that it leaves there outlives the controller. The next one, if it is given the same memory, finds that
/// directory and can bind no function with a link (ENOENT) until a reboot. So each unload is a small risk, which grows
/// with their number.
void loadController();
void unloadController();

} // namespace otgnet::guest
