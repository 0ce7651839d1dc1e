// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/sdbus.hpp"

#include "base/error.hpp"
#include "base/raw_bus.hpp"

#include <utility>

namespace otgnet {

namespace {

#if __has_include(<sdbus-c++/VTableItems.h>) // 2.x
bool process(sdbus::IConnection& bus) {
    return bus.processPendingEvent();
}
int wakeupFd(const sdbus::IConnection::PollData& poll) {
    return poll.eventFd;
}
sdbus::MethodCall makePing(sdbus::IProxy& proxy) {
    return proxy.createMethodCall(sdbus::InterfaceName{"org.freedesktop.DBus.Peer"}, sdbus::MethodName{"Ping"});
}
#else // 1.2
bool process(sdbus::IConnection& bus) {
    return bus.processPendingRequest();
}
int wakeupFd(const sdbus::IConnection::PollData&) {
    return -1;
}
sdbus::MethodCall makePing(sdbus::IProxy& proxy) {
    return proxy.createMethodCall("org.freedesktop.DBus.Peer", "Ping");
}
#endif

struct RawMessage : sdbus::Message {
    static sd_bus_message* of(const sdbus::Message& message) {
        return static_cast<sd_bus_message*>(message.*&RawMessage::msg_);
    }
};

/// A GSource is C memory: the C++ part hangs on it by a pointer and goes with finalize.
struct BusSource {
    GSource base;
    struct Part {
        sdbus::IConnection* bus;
        std::function<void(const std::string&)> lost;
        gpointer io;
        gpointer wakeup; ///< null with 1.2
        short events;    ///< that io waits for
    } * part;
};

gboolean prepare(GSource* source, gint* timeout) {
    auto& part = *reinterpret_cast<BusSource*>(source)->part;
    *timeout = -1;
    guard("bus", [&] {
        const auto poll = part.bus->getEventLoopPollData();
        if (std::exchange(part.events, poll.events) != poll.events) // it wakes the loop up: never without need
            g_source_modify_unix_fd(source, part.io, static_cast<GIOCondition>(poll.events));
        *timeout = poll.getPollTimeout(); // 0 when messages are queued already
    });
    return static_cast<gboolean>(*timeout == 0);
}

gboolean check(GSource* source) {
    const auto& part = *reinterpret_cast<BusSource*>(source)->part;
    gint timeout = 0;
    const bool woken = part.wakeup != nullptr && g_source_query_unix_fd(source, part.wakeup) != 0;
    return static_cast<gboolean>(woken || g_source_query_unix_fd(source, part.io) != 0 ||
                                 prepare(source, &timeout) != 0);
}

gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
    const auto& part = *reinterpret_cast<BusSource*>(source)->part;
    try {
        process(*part.bus); // one message a turn: other sources get theirs, however fast a peer sends
        return G_SOURCE_CONTINUE;
    } catch (const std::exception& e) {
        guard("bus lost", [&] { part.lost(std::string("the bus is gone: ") + e.what()); });
        return G_SOURCE_REMOVE;
    }
}

void finalize(GSource* source) {
    delete reinterpret_cast<BusSource*>(source)->part;
}

GSourceFuncs busSourceFuncs{prepare, check, dispatch, finalize, nullptr, nullptr};

/// Nothing gives the connection out, but every message knows it.
sd_bus* busBehind(sdbus::IProxy& proxy) {
    const sdbus::MethodCall neverSent = makePing(proxy);
    return sd_bus_message_get_bus(RawMessage::of(neverSent));
}

} // namespace

bool allowsInteraction(const sdbus::Message& message) {
    return sd_bus_message_get_allow_interactive_authorization(RawMessage::of(message)) > 0;
}

void allowInteraction(sdbus::IProxy& proxy, bool allow) {
    const int result = sd_bus_set_allow_interactive_authorization(busBehind(proxy), allow ? 1 : 0);
    if (result < 0)
        throw systemError(ErrorCode::Failed, "cannot allow polkit to ask", -result);
}

sd_bus* rawBus(sdbus::IConnection& bus) {
    const auto proxy = sdbus::createProxy(bus, ServiceName{"org.freedesktop.DBus"}, sdbus::ObjectPath{"/"});
    return busBehind(*proxy);
}

Source attachBus(sdbus::IConnection& bus, std::function<void(const std::string&)> lost) {
    GSource* source = g_source_new(&busSourceFuncs, sizeof(BusSource));
    const auto poll = bus.getEventLoopPollData();
    gpointer io = g_source_add_unix_fd(source, poll.fd, G_IO_IN);
    gpointer wakeup = wakeupFd(poll) < 0 ? nullptr : g_source_add_unix_fd(source, wakeupFd(poll), G_IO_IN);
    reinterpret_cast<BusSource*>(source)->part = new BusSource::Part{&bus, std::move(lost), io, wakeup, G_IO_IN};
    return attach(source);
}

} // namespace otgnet
