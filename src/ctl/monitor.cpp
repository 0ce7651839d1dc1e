// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/monitor.hpp"

#include "base/real_time.hpp"

namespace otgnet::ctl {

namespace {

const std::string propertiesRule = std::string("type='signal',sender='") + busName + "',path='" + objectPath +
                                   "',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',arg0='" +
                                   org::pikvm::OtgNet1_proxy::INTERFACE_NAME + "'";
const std::string ownerRule = std::string("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus'"
                                          ",member='NameOwnerChanged',arg0='") +
                              busName + "'";

/// A service that was upgraded under us may send what we cannot read; sdbus-c++ 1.2 lets nothing through its C.
sdbus::message_handler walled(std::function<void(sdbus::Message&)> handler) {
    return [handler = std::move(handler)](auto&& message) { guard("monitor", [&] { handler(message); }); };
}

} // namespace

Monitor::Monitor(sdbus::IConnection& bus, Sink sink)
    : ProxyInterfaces(bus, ServiceName{busName}, sdbus::ObjectPath{objectPath}), sink_(std::move(sink)),
      properties_(addMatch(bus, propertiesRule, walled([this](auto& message) { onProperties(message); }))),
      owner_(addMatch(bus, ownerRule, walled([this](auto& message) { onOwner(message); }))) {
    registerProxy();
}

Monitor::~Monitor() {
    unregisterProxy();
}

void Monitor::tellPresent(sdbus::IConnection& bus, Service& service) {
    if (!isOwned(bus, busName))
        return tell("Service", {{"running", false}});
    const Json now = toJson(service.properties());
    tell("Service", {{"running", true}, {"State", now.at("State")}, {"Leases", now.at("Leases").size()}});
}

void Monitor::onHostAttached(const std::string& udc, const std::string& speed) {
    tell("HostAttached", {{"udc", udc}, {"speed", speed}});
}

void Monitor::onHostDetached(const std::string& udc, const std::string& reason) {
    tell("HostDetached", {{"udc", udc}, {"reason", reason}});
}

void Monitor::onLeaseAdded(const std::string& address, const std::string& mac, const std::string& hostname,
                           const std::uint64_t& expiry) {
    tell("LeaseAdded", {{"address", address}, {"mac", mac}, {"hostname", hostname}, {"expiry", expiry}});
}

void Monitor::onLeaseChanged(const std::string& address, const std::string& mac, const std::string& hostname,
                             const std::uint64_t& expiry) {
    tell("LeaseChanged", {{"address", address}, {"mac", mac}, {"hostname", hostname}, {"expiry", expiry}});
}

void Monitor::onLeaseRemoved(const std::string& address, const std::string& mac, const std::string& reason) {
    tell("LeaseRemoved", {{"address", address}, {"mac", mac}, {"reason", reason}});
}

void Monitor::onProperties(sdbus::Message& message) {
    std::string interface;
    Properties changed;
    message >> interface >> changed;
    nlohmann::ordered_json fields = nlohmann::ordered_json::object();
    for (const auto& [name, value] : changed)
        fields[name] = toJson(value);
    tell("PropertiesChanged", std::move(fields));
}

void Monitor::onOwner(sdbus::Message& message) {
    std::string name;
    std::string before;
    std::string after;
    message >> name >> before >> after;
    tell("Service", {{"running", !after.empty()}});
}

void Monitor::tell(const char* name, nlohmann::ordered_json fields) {
    sink_({realNow(), name, std::move(fields)});
}

} // namespace otgnet::ctl
