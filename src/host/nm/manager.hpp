// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// NetworkManager as libnm shows it: whether it runs, what it says of a device, and calls that answer later.
#pragma once

#include "base/loop.hpp"
#include "core/net.hpp"
#include "core/ports.hpp"
#include "host/nm/gobject.hpp"

#include <NetworkManager.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace otgnet::nm {

/// A device as NetworkManager reports it.
struct DeviceFacts {
    std::string path; ///< of the object, "" = there is none
    NMDeviceState state = NM_DEVICE_STATE_UNKNOWN;
    bool up = false;
    bool carrier = false;
    std::string profile;    ///< UUID of the connection that is active or being activated, "" = none
    std::string activation; ///< object path of its active connection
    bool operator==(const DeviceFacts&) const = default;
};

class Manager {
public:
    using Reply = std::function<void(GVariant* reply, const GError* error)>;

    /// `changed`: something that the getters show has changed. `failed`: an activation of the watched device failed.
    /// `removed`: somebody has deleted the connection of this object path.
    struct Events {
        std::function<void()> changed;
        std::function<void(NMDeviceStateReason)> failed;
        std::function<void(const std::string&)> removed;
    };

    explicit Manager(Events events);
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    ~Manager();

    /// Connects to the bus and learns what NetworkManager has; at once if that is done. One that has only just come is
    /// waited for. BackendUnavailable if there is no bus, or no answer. A NetworkManager that does not run is no
    /// failure.
    void open(Done done);
    /// One that has let a call go unanswered does not, until it answers the next.
    bool running() const;
    bool deaf() const { return deaf_; } ///< it has not answered
    bool isAtLeast(unsigned major, unsigned minor) const;

    /// Calls `changed` for this device, and for the name servers of that uplink.
    void watch(const IfName& ifname, const std::optional<IfName>& uplink);
    DeviceFacts device(const IfName& ifname) const;
    /// Name servers that NetworkManager has on the interface.
    std::vector<Ipv4> nameServers(const IfName& ifname) const;

    /// Calls a method; `reply` gets the answer or the error, and is dropped with this object.
    void call(const std::string& path, const char* interface, const char* method, GVariant* arguments, Reply reply);
    /// The same for a caller that only wants to know that it worked; `what` begins the text of BackendUnavailable.
    void call(const std::string& path, const char* interface, const char* method, GVariant* arguments,
              const std::string& what, Done done);
    /// Device.Managed
    void setManaged(const DeviceFacts& device, bool managed, Done done);

private:
    static void onBus(GObject* source, GAsyncResult* result, gpointer self);
    static void onClient(GObject* source, GAsyncResult* result, gpointer self);
    static void onOwner(GObject* source, GAsyncResult* result, gpointer self);
    static void onVersion(GObject* source, GAsyncResult* result, gpointer self);
    static void onName(gpointer self);
    static void onChanged(gpointer self);
    static void onDevices(gpointer self);
    static void onRemoved(NMClient* client, NMRemoteConnection* connection, gpointer self);
    static void onState(NMDevice* device, guint now, guint old, guint reason, gpointer self);

    void connect();
    void awaitArrival();
    void checkArrival();
    void giveUp();
    void opened(const std::exception_ptr& error);
    Reply watched(Reply reply);
    void awaitAnswer();
    NMDevice* find(const IfName& ifname) const;
    void connectDevices();

    Events events_;
    Ref<GCancellable> cancellable_{g_cancellable_new()};
    Ref<NMClient> client_;
    bool connecting_ = false;
    bool deaf_ = false;         ///< a call has timed out
    std::vector<Done> waiting_; ///< for open()
    Source arrival_;            ///< until then
    std::optional<IfName> ifname_;
    std::optional<IfName> uplink_;
    std::vector<SignalHandler> clientHandlers_;
    std::vector<SignalHandler> deviceHandlers_;
};

/// BackendUnavailable, with what GLib says of the failure.
std::exception_ptr unavailable(const std::string& what, const GError* error);

} // namespace otgnet::nm
