// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/network_manager_bus.hpp"

#include "base/log.hpp"

#include <chrono>

namespace otgnet {

namespace {

constexpr const char* managerInterface = "org.freedesktop.NetworkManager";
constexpr const char* deviceInterface = "org.freedesktop.NetworkManager.Device";
constexpr const char* propertiesInterface = "org.freedesktop.DBus.Properties";
constexpr std::uint32_t reloadConfiguration = 1;
constexpr std::chrono::seconds answerTime{5};

auto warnOnly(const char* what) {
    return [what](CallError error) {
        if (error)
            guard(what, [&] { log::warning(std::string(what) + ": " + error->getMessage()); });
    };
}

} // namespace

NetworkManagerBus::NetworkManagerBus(sdbus::IConnection& bus)
    : bus_(bus), manager_(sdbus::createProxy(bus, ServiceName{networkManagerName},
                                             sdbus::ObjectPath{"/org/freedesktop/NetworkManager"})) {}

void NetworkManagerBus::askManaged(const std::string& ifname, std::function<void(bool)> answer) {
    manager_->callMethodAsync("GetDeviceByIpIface")
        .onInterface(managerInterface)
        .withTimeout(answerTime)
        .withArguments(ifname)
        .uponReplyInvoke([this, answer = std::move(answer)](CallError error, const sdbus::ObjectPath& path) {
            guard("NetworkManager", [&] { error ? answer(false) : getManaged(path, answer); });
        });
}

void NetworkManagerBus::getManaged(const sdbus::ObjectPath& path, std::function<void(bool)> answer) {
    device_ = sdbus::createProxy(bus_, ServiceName{networkManagerName}, path);
    device_->callMethodAsync("Get")
        .onInterface(propertiesInterface)
        .withTimeout(answerTime)
        .withArguments(std::string(deviceInterface), std::string("Managed"))
        .uponReplyInvoke([answer = std::move(answer)](CallError error, const sdbus::Variant& value) {
            guard("NetworkManager", [&] { answer(!error && value.get<bool>()); });
        });
}

void NetworkManagerBus::release(const std::string& ifname) {
    askManaged(ifname, [this, ifname](bool managed) {
        if (!managed)
            return;
        log::notice("NetworkManager has taken " + ifname + ": telling it to let go");
        device_->callMethodAsync("Set")
            .onInterface(propertiesInterface)
            .withTimeout(answerTime)
            .withArguments(std::string(deviceInterface), std::string("Managed"), sdbus::Variant{false})
            .uponReplyInvoke(warnOnly("NetworkManager does not let go of the link"));
    });
}

void NetworkManagerBus::reload() {
    manager_->callMethodAsync("Reload")
        .onInterface(managerInterface)
        .withTimeout(answerTime)
        .withArguments(reloadConfiguration)
        .uponReplyInvoke(warnOnly("NetworkManager does not read its configuration again"));
}

} // namespace otgnet
