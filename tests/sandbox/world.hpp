// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A machine with one USB network cable: a veth pair whose end usb0 is ours and whose end host0 is in the network
/// namespace of the computer at the other end. /run, /etc, /var/lib and /sys are private to the world; what a test
/// changes there and in the network ends with it. One world at a time in a process.
#pragma once

#include "sandbox/bus.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <optional>

namespace otgnet::sandbox {

struct WorldOptions {
    bool cable = true;    ///< make usb0 and host0
    bool udev = false;    ///< run the real systemd-udevd with its rules; else /sys is read-only, which says "no udev"
    std::string uplink{}; ///< name of an uplink: a third veth whose other end wan0 is in the namespace wan(); "" = none
};

class World {
public:
    explicit World(const WorldOptions& options = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Bus& bus() { return *bus_; }
    /// Lets root own our bus name and everybody call it, and polkit know our actions, as the package does.
    void installPolicies() const;
    /// A connection to the private bus for the code under test.
    std::unique_ptr<sdbus::IConnection> connect() const;

    // The daemons; each answers when it owns its name. The caller keeps the Process: terminate(), kill(), start anew.
    Process startNetworkd();
    Process startNetworkManager();
    Process startPolkit();

    void stopBus(); ///< for good

    void makeCable();    ///< usb0 appears
    void removeCable();  ///< usb0 disappears
    void plug() const;   ///< the host's end goes up: usb0 has carrier once it is up itself
    void unplug() const; ///< the host's end goes down
    unsigned ifindex(const std::string& name = "usb0") const;         ///< 0 = there is none
    std::string networkdPath(const std::string& name = "usb0") const; ///< object path of the link with networkd

    int host() const { return host_.get(); } ///< network namespace of the computer at the other end, for ProcessOptions
    int wan() const { return wan_.get(); }   ///< that of the uplink's other end
    std::string runOnHost(const std::vector<std::string>& argv) const;

private:
    void enterNamespaces();
    void mountPrivate(bool udev) const;
    void startUdev();
    void makeUplink(const std::string& name);
    void leave();

    Fd oldMounts_, oldNet_, oldRoot_;
    Fd host_, wan_;
    std::optional<Process> dbus_;
    std::optional<Process> udev_;
    std::unique_ptr<Bus> bus_;
};

} // namespace otgnet::sandbox
