// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What we say to org.freedesktop.network1 and what it says of our link. Knows the wire, decides nothing.
#pragma once

#include "core/net.hpp"
#include "host/name_watch.hpp"
#include "host/networkd_leases.hpp"

namespace otgnet {

/// Calls from the loop.
class NetworkdListener {
public:
    virtual ~NetworkdListener() = default;
    virtual void onRunning(bool running) = 0;
    /// AdministrativeState: "pending", "initialized", "configuring", "configured", "failed", "unmanaged", "linger".
    virtual void onState(const std::string& state) = 0;
    virtual void onLeases(const std::vector<BusLease>& leases) = 0;
};

struct BusFailure {
    std::string name; ///< "org.freedesktop.DBus.Error.…"
    std::string text;
};

class NetworkdBus {
public:
    /// Called once; empty = done.
    using Reply = std::function<void(const std::optional<BusFailure>&)>;

    NetworkdBus(sdbus::IConnection& bus, NetworkdListener& listener);

    std::optional<bool> running() const { return name_.owned(); }
    /// Listens to the signals of this link from now on, whatever number it has or gets.
    void follow(const IfName& ifname);
    void unfollow();

    // Questions; the listener gets the answer. Nothing comes if there is no link, or no DHCP server on it yet.
    void readState();
    void readLeases();

    void startUnit(Reply reply); ///< asks systemd to start systemd-networkd.service
    void reload(Reply reply);
    void reconfigure(Reply reply); ///< our link
    void
    describe(std::function<void(const std::optional<LinkDescription>&)> answer); ///< our link; empty: there is none

private:
    void onSignal(sdbus::Message& message);
    void onProperty(const std::string& interface, const std::map<std::string, sdbus::Variant>& changed);
    void useLink(unsigned index);
    /// `absent` is called where the link has no such interface.
    void get(const char* interface, const char* property, std::function<void(const sdbus::Variant&)> answer,
             std::function<void()> absent);

    sdbus::IConnection& bus_;
    NetworkdListener& listener_;
    std::unique_ptr<sdbus::IProxy> systemd_, manager_;
    std::string ifname_; ///< "" = nobody
    unsigned index_ = 0;
    std::string path_; ///< of the link with this index
    std::shared_ptr<sdbus::IProxy> link_;
    Source retired_;
    sdbus::Slot match_;
    NameWatch name_;
};

} // namespace otgnet
