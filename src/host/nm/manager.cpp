// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/manager.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace otgnet::nm {

namespace {

constexpr int callTimeoutMsec = 8'000; // below what callers of ours wait for
constexpr int noTimeout = G_MAXINT;
constexpr const char* busName = "org.freedesktop.DBus";
constexpr const char* busPath = "/org/freedesktop/DBus";
constexpr std::uint64_t arrivalUsec = 10'000'000;

struct FreeError {
    void operator()(GError* error) const { g_error_free(error); }
};
using ErrorPointer = std::unique_ptr<GError, FreeError>;

/// By us, not by what the other end says: the caller is gone.
bool isCancelled(const GError* error) {
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) != FALSE &&
           g_dbus_error_is_remote_error(error) == FALSE;
}

/// What a call hands through GLib's user data; deleted by its answer.
struct Closure {
    std::function<void(GVariant*, const GError*)> reply;
};

template<GVariant* (*finish)(NMClient*, GAsyncResult*, GError**)>
void onReply(GObject* source, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<Closure> closure(static_cast<Closure*>(data));
    GError* raw = nullptr;
    const Variant reply(finish(NM_CLIENT(source), result, &raw));
    const ErrorPointer error(raw);
    if (!isCancelled(raw))
        guard("NetworkManager's answer", [&] { closure->reply(reply.get(), raw); });
}

GVariant* finishSet(NMClient* client, GAsyncResult* result, GError** error) {
    nm_client_dbus_set_property_finish(client, result, error);
    return nullptr;
}

std::vector<unsigned> numbersOf(std::string_view version) {
    std::vector<unsigned> numbers;
    while (!version.empty()) {
        unsigned number = 0;
        const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
        if (error != std::errc{})
            break;
        numbers.push_back(number);
        version.remove_prefix(static_cast<std::size_t>(end - version.data()));
        version.remove_prefix(std::min<std::size_t>(1, version.size()));
    }
    return numbers;
}

SignalHandler connectSwapped(gpointer object, const char* signal, void (*call)(gpointer), gpointer self) {
    return {object, g_signal_connect_swapped(object, signal, G_CALLBACK(call), self)};
}

std::exception_ptr noAnswer() {
    return unavailable("NetworkManager does not answer: see its journal", nullptr);
}

} // namespace

std::exception_ptr unavailable(const std::string& what, const GError* error) {
    if (error == nullptr)
        return std::make_exception_ptr(Error(ErrorCode::BackendUnavailable, what));
    const ErrorPointer copy(g_error_copy(error));
    g_dbus_error_strip_remote_error(copy.get());
    return std::make_exception_ptr(Error(ErrorCode::BackendUnavailable, what + ": " + copy->message));
}

Manager::Manager(Events events) : events_(std::move(events)) {}

Manager::~Manager() {
    g_cancellable_cancel(cancellable_.get());
}

void Manager::open(Done done) {
    waiting_.push_back(std::move(done));
    if (waiting_.size() > 1)
        return;
    if (deaf_)
        return opened(noAnswer());
    arrival_ = callAt(bootNow() + arrivalUsec, [this] { giveUp(); });
    if (client_)
        awaitArrival();
    else if (!std::exchange(connecting_, true))
        connect();
}

/// A connection of its own: GLib ends the process when the shared one is lost.
void Manager::connect() {
    GError* raw = nullptr;
    const std::unique_ptr<char, decltype(&g_free)> address(
        g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, nullptr, &raw), g_free); // blocks for the session bus only
    const ErrorPointer error(raw);
    if (!address) {
        connecting_ = false;
        return opened(unavailable("no system bus", raw));
    }
    const auto flags = static_cast<GDBusConnectionFlags>(G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                         G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION);
    g_dbus_connection_new_for_address(address.get(), flags, nullptr, cancellable_.get(), onBus, this);
}

void Manager::onBus(GObject*, GAsyncResult* result, gpointer self) {
    GError* raw = nullptr;
    const Ref<GDBusConnection> bus(g_dbus_connection_new_for_address_finish(result, &raw));
    const ErrorPointer error(raw);
    if (isCancelled(raw))
        return; // self is gone
    auto& manager = *static_cast<Manager*>(self);
    manager.connecting_ = static_cast<bool>(bus);
    if (!bus) {
        manager.deaf_ = false; // the next one may connect
        return manager.opened(unavailable("cannot connect to the system bus", raw));
    }
    // without the flag it would ask polkit for each permission at each of its signals
    g_async_initable_new_async(NM_TYPE_CLIENT, G_PRIORITY_DEFAULT, manager.cancellable_.get(), onClient, self,
                               NM_CLIENT_DBUS_CONNECTION, bus.get(), NM_CLIENT_INSTANCE_FLAGS,
                               static_cast<guint>(NM_CLIENT_INSTANCE_FLAGS_NO_AUTO_FETCH_PERMISSIONS), nullptr);
}

void Manager::onClient(GObject* source, GAsyncResult* result, gpointer self) {
    GError* raw = nullptr;
    GObject* client = g_async_initable_new_finish(G_ASYNC_INITABLE(source), result, &raw);
    const ErrorPointer error(raw);
    if (isCancelled(raw))
        return;
    auto& manager = *static_cast<Manager*>(self);
    manager.connecting_ = manager.deaf_ = false;
    if (client == nullptr)
        return manager.opened(unavailable("cannot ask NetworkManager", raw));
    manager.client_.reset(NM_CLIENT(client));
    for (const char* signal : {"notify::nm-running", "device-added", "device-removed"})
        manager.clientHandlers_.push_back(connectSwapped(client, signal, onDevices, self));
    manager.clientHandlers_.push_back(connectSwapped(client, "notify::dbus-name-owner", onName, self));
    manager.clientHandlers_.emplace_back(
        client, g_signal_connect(client, NM_CLIENT_CONNECTION_REMOVED, G_CALLBACK(onRemoved), self));
    guard("NetworkManager", [&] {
        manager.connectDevices();
        manager.events_.changed();
    });
    manager.awaitArrival();
}

/// Others hear of its name before libnm does, and libnm shows it as running when it has told of all its objects only.
void Manager::awaitArrival() {
    if (running())
        return opened(nullptr);
    g_dbus_connection_call(nm_client_get_dbus_connection(client_.get()), busName, busPath, busName, "NameHasOwner",
                           g_variant_new("(s)", NM_DBUS_SERVICE), G_VARIANT_TYPE("(b)"), G_DBUS_CALL_FLAGS_NONE,
                           callTimeoutMsec, cancellable_.get(), onOwner, this);
}

void Manager::onOwner(GObject* source, GAsyncResult* result, gpointer self) {
    GError* raw = nullptr;
    const Variant reply(g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &raw));
    const ErrorPointer error(raw);
    if (isCancelled(raw))
        return;
    auto& manager = *static_cast<Manager*>(self);
    gboolean owned = FALSE;
    if (reply)
        g_variant_get(reply.get(), "(b)", &owned);
    if (owned == FALSE || manager.running())
        manager.opened(nullptr);
}

void Manager::onName(gpointer self) {
    guard("NetworkManager", [&] { static_cast<Manager*>(self)->checkArrival(); });
}

void Manager::checkArrival() {
    if (arrival_ && (running() || nm_client_get_dbus_name_owner(client_.get()) == nullptr))
        opened(nullptr);
}

/// The client that is being made may be done one day.
void Manager::giveUp() {
    if (client_)
        awaitAnswer();
    deaf_ = true;
    opened(noAnswer());
}

void Manager::opened(const std::exception_ptr& error) {
    arrival_.reset();
    for (const Done& done : std::exchange(waiting_, {}))
        guard("NetworkManager", [&] { done(error); });
}

bool Manager::running() const {
    return client_ && !deaf_ && nm_client_get_nm_running(client_.get()) != FALSE;
}

bool Manager::isAtLeast(unsigned major, unsigned minor) const {
    const char* version = running() ? nm_client_get_version(client_.get()) : nullptr;
    return version != nullptr && numbersOf(version) >= std::vector{major, minor};
}

void Manager::watch(const IfName& ifname, const std::optional<IfName>& uplink) {
    ifname_ = ifname;
    uplink_ = uplink;
    connectDevices();
}

void Manager::onChanged(gpointer self) {
    guard("NetworkManager", [&] { static_cast<Manager*>(self)->events_.changed(); });
}

void Manager::onDevices(gpointer self) {
    guard("NetworkManager", [&] { static_cast<Manager*>(self)->connectDevices(); });
    onChanged(self);
    onName(self);
}

/// Not when NetworkManager goes, with all that it has.
void Manager::onRemoved(NMClient*, NMRemoteConnection* connection, gpointer self) {
    guard("NetworkManager", [&] {
        const auto& manager = *static_cast<Manager*>(self);
        if (manager.running())
            manager.events_.removed(nm_connection_get_path(NM_CONNECTION(connection)));
    });
}

void Manager::onState(NMDevice*, guint now, guint, guint reason, gpointer self) {
    guard("NetworkManager", [&] {
        if (now == NM_DEVICE_STATE_FAILED)
            static_cast<Manager*>(self)->events_.failed(static_cast<NMDeviceStateReason>(reason));
    });
}

NMDevice* Manager::find(const IfName& ifname) const {
    return running() ? nm_client_get_device_by_iface(client_.get(), ifname.text().c_str()) : nullptr;
}

void Manager::connectDevices() {
    deviceHandlers_.clear();
    NMDevice* device = ifname_ ? find(*ifname_) : nullptr;
    if (device != nullptr) {
        deviceHandlers_.emplace_back(device, g_signal_connect(device, "state-changed", G_CALLBACK(onState), this));
        for (const char* signal : {"notify::state", "notify::active-connection", "notify::interface-flags"})
            deviceHandlers_.push_back(connectSwapped(device, signal, onChanged, this));
    }
    NMDevice* uplink = uplink_ ? find(*uplink_) : nullptr;
    NMIPConfig* config = uplink == nullptr ? nullptr : nm_device_get_ip4_config(uplink);
    if (uplink != nullptr)
        deviceHandlers_.push_back(connectSwapped(uplink, "notify::ip4-config", onDevices, this));
    if (config != nullptr)
        deviceHandlers_.push_back(connectSwapped(config, "notify::nameservers", onChanged, this));
}

DeviceFacts Manager::device(const IfName& ifname) const {
    NMDevice* device = find(ifname);
    if (device == nullptr)
        return {};
    NMActiveConnection* active = nm_device_get_active_connection(device);
    const char* uuid = active == nullptr ? nullptr : nm_active_connection_get_uuid(active);
    const auto flags = nm_device_get_interface_flags(device);
    return {nm_object_get_path(NM_OBJECT(device)),
            nm_device_get_state(device),
            (flags & NM_DEVICE_INTERFACE_FLAG_UP) != 0,
            (flags & NM_DEVICE_INTERFACE_FLAG_CARRIER) != 0,
            uuid == nullptr ? "" : uuid,
            active == nullptr ? "" : nm_object_get_path(NM_OBJECT(active))};
}

std::vector<Ipv4> Manager::nameServers(const IfName& ifname) const {
    NMDevice* device = find(ifname);
    NMIPConfig* config = device == nullptr ? nullptr : nm_device_get_ip4_config(device);
    std::vector<Ipv4> servers;
    if (config == nullptr)
        return servers;
    for (const char* const* text = nm_ip_config_get_nameservers(config); text != nullptr && *text != nullptr; ++text)
        if (const auto server = Ipv4::parse(*text))
            servers.push_back(*server);
    return servers;
}

void Manager::call(const std::string& path, const char* interface, const char* method, GVariant* arguments,
                   Reply reply) {
    nm_client_dbus_call(client_.get(), path.c_str(), interface, method, arguments, nullptr, callTimeoutMsec,
                        cancellable_.get(), onReply<nm_client_dbus_call_finish>,
                        new Closure{watched(std::move(reply))});
}

Manager::Reply Manager::watched(Reply reply) {
    return [this, reply = std::move(reply)](GVariant* answer, const GError* error) {
        const bool late = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) != FALSE;
        if (late && !deaf_)
            awaitAnswer();
        reply(answer, error);
        if (late)
            events_.changed();
    };
}

/// Something that takes its main loop: of itself its bus library answers a Ping. Also answered if it dies.
void Manager::awaitAnswer() {
    deaf_ = true;
    log::warning("NetworkManager does not answer");
    g_dbus_connection_call(nm_client_get_dbus_connection(client_.get()), NM_DBUS_SERVICE, NM_DBUS_PATH,
                           "org.freedesktop.DBus.Properties", "Get",
                           g_variant_new("(ss)", NM_DBUS_INTERFACE, "Version"), nullptr,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, noTimeout, cancellable_.get(), onVersion, this);
}

void Manager::onVersion(GObject* source, GAsyncResult* result, gpointer self) {
    GError* raw = nullptr;
    const Variant reply(g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &raw));
    const ErrorPointer error(raw);
    if (isCancelled(raw))
        return;
    static_cast<Manager*>(self)->deaf_ = false;
    onDevices(self);
}

void Manager::call(const std::string& path, const char* interface, const char* method, GVariant* arguments,
                   const std::string& what, Done done) {
    call(path, interface, method, arguments, [what, done = std::move(done)](GVariant*, const GError* error) {
        done(error == nullptr ? nullptr : unavailable(what, error));
    });
}

void Manager::setManaged(const DeviceFacts& device, bool managed, Done done) {
    auto reply = [done = std::move(done)](GVariant*, const GError* error) {
        done(error == nullptr ? nullptr : unavailable("NetworkManager refuses to manage the link", error));
    };
    nm_client_dbus_set_property(client_.get(), device.path.c_str(), NM_DBUS_INTERFACE_DEVICE, "Managed",
                                g_variant_new_boolean(managed ? TRUE : FALSE), callTimeoutMsec, cancellable_.get(),
                                onReply<finishSet>, new Closure{watched(std::move(reply))});
}

} // namespace otgnet::nm
