// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// One source for sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13, Arch). No other file may test the version.
/// Common ground: write ObjectPath{"/…"}, sdbus::Variant{x}, .get<T>(); std::get on sdbus::Struct; no
/// getAllProperties(); no exception but sdbus::Error may leave a method handler (1.2 terminates).
#pragma once

#include "base/loop.hpp"

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <optional>
#include <string>

namespace otgnet {

#if __has_include(<sdbus-c++/VTableItems.h>) // 2.x
using sdbus::PropertyName;
using sdbus::ServiceName;
using BusErrorName = sdbus::Error::Name;
using CallError = std::optional<sdbus::Error>;

inline sdbus::Message currentMessage(const sdbus::IObject& object) {
    return object.getCurrentlyProcessedMessage();
}
inline void armSignals(sdbus::IProxy&) {}
inline sdbus::Slot addMatch(sdbus::IConnection& bus, const std::string& rule, sdbus::message_handler handler) {
    return bus.addMatch(rule, std::move(handler), sdbus::return_slot);
}
#else // 1.2
using PropertyName = std::string;
using ServiceName = std::string;
using BusErrorName = std::string;
using CallError = const sdbus::Error*;

inline const sdbus::Message& currentMessage(const sdbus::IObject& object) {
    return *object.getCurrentlyProcessedMessage();
}
/// A proxy that subscribes to signals gets them only after this.
inline void armSignals(sdbus::IProxy& proxy) {
    proxy.finishRegistration();
}
inline sdbus::Slot addMatch(sdbus::IConnection& bus, const std::string& rule, sdbus::message_handler handler) {
    return bus.addMatch(rule, std::move(handler));
}
#endif

/// Whether the caller of a method allows polkit to ask a person; no sdbus-c++ wraps this header flag.
bool allowsInteraction(const sdbus::Message& message);
/// Sets that flag on every call that the connection of this proxy sends from now on.
void allowInteraction(sdbus::IProxy& proxy, bool allow);

/// Serves the connection from the main loop. `lost` is called with the reason when the bus is gone.
Source attachBus(sdbus::IConnection& bus, std::function<void(const std::string&)> lost);

} // namespace otgnet
