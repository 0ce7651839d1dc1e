// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/bus_face.hpp"

#include "base/loop.hpp"
#include "base/text.hpp"
#include "bus/property_table.hpp"

namespace otgnet {

BusFace::BusFace(sdbus::IConnection& bus, Authority& authority, std::string version)
    : AdaptorInterfaces(bus, sdbus::ObjectPath{objectPath}), limit_(bus), authority_(authority),
      version_(std::move(version)) {}

BusFace::~BusFace() {
    if (intents_ != nullptr)
        unregisterAdaptor();
}

void BusFace::serve(Intents& intents) {
    intents_ = &intents;
    registerAdaptor();
}

void BusFace::emit(const char* what, const std::function<void()>& send) {
    if (intents_ != nullptr)
        guard(what, send);
}

void BusFace::show(const Status& status) {
    Status shown = printable(status);
    const auto changed = changedProperties(status_, shown);
    status_ = std::move(shown);
    if (changed.empty()) // an empty list would tell everybody that everything changed
        return;
    emit("PropertiesChanged", [&] {
        std::vector<PropertyName> names;
        names.reserve(changed.size());
        for (const std::string_view name : changed)
            names.emplace_back(std::string(name));
        getObject().emitPropertiesChangedSignal(INTERFACE_NAME, names);
    });
}

void BusFace::hostAttached(const std::string& udc, const std::string& speed) {
    emit("HostAttached", [&] { emitHostAttached(printable(udc), printable(speed)); });
}

void BusFace::hostDetached(const std::string& udc, const std::string& reason) {
    emit("HostDetached", [&] { emitHostDetached(printable(udc), printable(reason)); });
}

void BusFace::leaseAdded(const LeaseRow& lease) {
    const LeaseRow row = printable(lease);
    emit("LeaseAdded", [&] { emitLeaseAdded(row.address, row.mac, row.hostname, row.expiry); });
}

void BusFace::leaseChanged(const LeaseRow& lease) {
    const LeaseRow row = printable(lease);
    emit("LeaseChanged", [&] { emitLeaseChanged(row.address, row.mac, row.hostname, row.expiry); });
}

void BusFace::leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) {
    const LeaseRow row = printable(lease);
    emit("LeaseRemoved", [&] { emitLeaseRemoved(row.address, row.mac, std::string(leaseRemovalName(reason))); });
}

} // namespace otgnet
