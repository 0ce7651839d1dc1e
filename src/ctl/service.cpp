// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/service.hpp"

namespace otgnet::ctl {

std::unique_ptr<sdbus::IConnection> connectBus(const std::string& host) {
    try {
        return host.empty() ? sdbus::createSystemBusConnection() : sdbus::createRemoteSystemBusConnection(host);
    } catch (const sdbus::Error& e) { // its name is that of some errno
        throw sdbus::Error(BusErrorName{SD_BUS_ERROR_NO_SERVER}, e.getMessage());
    }
}

bool isOwned(sdbus::IConnection& bus, const std::string& name) {
    bool owned = false;
    sdbus::createProxy(bus, ServiceName{"org.freedesktop.DBus"}, sdbus::ObjectPath{"/org/freedesktop/DBus"})
        ->callMethod("NameHasOwner")
        .onInterface("org.freedesktop.DBus")
        .withArguments(name)
        .storeResultsTo(owned);
    return owned;
}

Service::Service(sdbus::IConnection& bus, bool mayAsk)
    : ProxyInterfaces(bus, ServiceName{busName}, sdbus::ObjectPath{objectPath}) {
    allowInteraction(getProxy(), mayAsk);
}

Properties Service::properties() {
    Properties out;
    getProxy()
        .callMethod("GetAll")
        .onInterface("org.freedesktop.DBus.Properties")
        .withArguments(std::string(INTERFACE_NAME))
        .storeResultsTo(out);
    return out;
}

} // namespace otgnet::ctl
