// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The DHCP client of the computer at the other end: busybox's udhcpc.
#pragma once

#include "sandbox/world.hpp"

#include <map>

namespace otgnet::sandbox {

/// What udhcpc hands its script: "ip", "mask", "router", "dns", "lease", "serverid", …; options that it does not know
/// by name as "opt<N>" in hex.
using DhcpAnswer = std::map<std::string, std::string>;

class DhcpClient {
public:
    /// Starts to ask on host0. `arguments` are udhcpc's, such as "-x", "hostname:testpc" or "-O", "ntpsrv".
    explicit DhcpClient(const World& world, const std::vector<std::string>& arguments = {})
        : DhcpClient(world.host(), "host0", arguments) {}
    /// The same on any interface in any network namespace.
    DhcpClient(int network, const std::string& interface, const std::vector<std::string>& arguments,
               std::chrono::milliseconds time = patience);

    DhcpAnswer bound();   ///< waits for the lease; host0 has the address then
    DhcpAnswer renewed(); ///< asks to renew and waits for the answer
    void release();       ///< gives the lease back and waits until that is sent
    Process& process() { return process_; }

private:
    DhcpAnswer answer(const std::string& event);

    Process process_;
    std::chrono::milliseconds time_; ///< that an answer may take
};

} // namespace otgnet::sandbox
