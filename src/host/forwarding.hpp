// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// net.ipv4.conf.<interface>.forwarding through /proc/sys.
#pragma once

#include "base/loop.hpp"
#include "core/ports.hpp"
#include "host/netlink.hpp"

#include <filesystem>
#include <map>

namespace otgnet {

class SysctlForwarding : public ForwardingPort {
public:
    /// `state` is where the values that were found are written down before they are changed, so that our successor can
    /// give them back if we are killed; in /run, as a reboot resets both. `sysctl` is /proc/sys.
    explicit SysctlForwarding(std::filesystem::path state = "/run/otgnet/forwarding",
                              std::filesystem::path sysctl = "/proc/sys");

    /// An interface that does not exist yet gets it when it comes. Not for "all" and "default", which are no interfaces
    /// there: Firewall.
    void set(const std::vector<IfName>& interfaces) override;

private:
    std::filesystem::path fileOf(const std::string& ifname) const;
    bool machineForwards() const;
    void load();
    void save() const;
    void watch();
    void hold();
    void giveBack(const std::string& ifname, bool machineForwarded) const;

    std::filesystem::path state_;
    std::filesystem::path sysctl_;
    std::vector<std::string> wanted_;
    /// Interfaces that were off, and whether the machine as a whole (ip_forward) forwarded then.
    std::map<std::string, bool> found_;
    std::optional<NetlinkSocket> events_;
    Source watch_;
};

} // namespace otgnet
