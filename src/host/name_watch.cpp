// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/name_watch.hpp"

namespace otgnet {

namespace {

constexpr const char* daemonName = "org.freedesktop.DBus";

} // namespace

NameWatch::NameWatch(sdbus::IConnection& bus, const std::string& name, std::function<void(bool)> changed)
    : changed_(std::move(changed)),
      match_(addMatch(bus,
                      "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                      "member='NameOwnerChanged',arg0='" +
                          name + "'",
                      [this](auto&& message) { guard("NameOwnerChanged", [&] { onChange(message); }); })),
      daemon_(sdbus::createProxy(bus, ServiceName{daemonName}, sdbus::ObjectPath{"/org/freedesktop/DBus"})) {
    daemon_->callMethodAsync("NameHasOwner")
        .onInterface(daemonName)
        .withArguments(name)
        .uponReplyInvoke([this](CallError error, bool owned) {
            guard("NameHasOwner", [&] {
                if (!owned_) // a signal that came first knows better
                    set(!error && owned);
            });
        });
}

void NameWatch::set(bool owned) {
    owned_ = owned;
    changed_(owned);
}

void NameWatch::onChange(sdbus::Message& message) {
    std::string name, before, now;
    message >> name >> before >> now;
    if (!before.empty() && owned_.value_or(true))
        set(false);
    if (!now.empty())
        set(true);
}

} // namespace otgnet
