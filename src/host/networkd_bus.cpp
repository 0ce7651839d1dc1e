// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/networkd_bus.hpp"

#include "base/log.hpp"

#include <net/if.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>

namespace otgnet {

namespace {

constexpr const char* unknownInterface = "org.freedesktop.DBus.Error.UnknownInterface";
constexpr const char* serviceName = "org.freedesktop.network1";
constexpr const char* managerPath = "/org/freedesktop/network1";
constexpr const char* managerInterface = "org.freedesktop.network1.Manager";
constexpr const char* linkInterface = "org.freedesktop.network1.Link";
constexpr const char* serverInterface = "org.freedesktop.network1.DHCPServer";
constexpr const char* linkPrefix = "/org/freedesktop/network1/link";
constexpr std::chrono::seconds answerTime{10}; ///< networkd 257 answers Reload after it has read each link anew

std::optional<BusFailure> failure(const CallError& error) {
    if (!error)
        return std::nullopt;
    return BusFailure{std::string(error->getName()), std::string(error->getMessage())};
}

auto toReply(NetworkdBus::Reply reply) {
    return [reply = std::move(reply)](CallError error) { guard("networkd", [&] { reply(failure(error)); }); };
}

std::string linkPath(unsigned index) {
    char* path = nullptr;
    if (sd_bus_path_encode(linkPrefix, std::to_string(index).c_str(), &path) < 0)
        return {};
    const std::unique_ptr<char, decltype(&std::free)> keeper(path, std::free);
    return path;
}

/// The name of the interface that an object path of networkd stands for, "" if there is none.
std::string interfaceAt(const std::string& path) {
    char* text = nullptr;
    if (sd_bus_path_decode(path.c_str(), linkPrefix, &text) <= 0)
        return {};
    const std::unique_ptr<char, decltype(&std::free)> keeper(text, std::free);
    const std::string_view digits = text;
    unsigned index = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), index);
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(index, name.data()) == nullptr ? "" : name.data();
}

} // namespace

NetworkdBus::NetworkdBus(sdbus::IConnection& bus, NetworkdListener& listener)
    : bus_(bus), listener_(listener), systemd_(sdbus::createProxy(bus, ServiceName{"org.freedesktop.systemd1"},
                                                                  sdbus::ObjectPath{"/org/freedesktop/systemd1"})),
      manager_(sdbus::createProxy(bus, ServiceName{serviceName}, sdbus::ObjectPath{managerPath})),
      match_(addMatch(bus,
                      std::string("type='signal',sender='org.freedesktop.network1',"
                                  "interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
                                  "path_namespace='") +
                          linkPrefix + "'",
                      [this](auto&& message) { guard("networkd's signal", [&] { onSignal(message); }); })),
      name_(bus, serviceName, [this](bool owned) { listener_.onRunning(owned); }) {}

void NetworkdBus::follow(const IfName& ifname) {
    ifname_ = ifname.text();
}

void NetworkdBus::unfollow() {
    ifname_.clear();
    useLink(0);
}

/// The old proxy may be the one whose callback we are in.
void NetworkdBus::useLink(unsigned index) {
    if (index == index_)
        return;
    index_ = index;
    path_ = linkPath(index);
    retired_ = callSoon([old = std::exchange(link_, nullptr)] {});
    if (index != 0)
        link_ = sdbus::createProxy(bus_, ServiceName{serviceName}, sdbus::ObjectPath{path_});
}

void NetworkdBus::onSignal(sdbus::Message& message) {
    const std::string path = message.getPath();
    if (ifname_.empty() || (path != path_ && interfaceAt(path) != ifname_))
        return;
    useLink(::if_nametoindex(ifname_.c_str()));
    if (path != path_)
        return;
    std::string interface;
    std::map<std::string, sdbus::Variant> changed;
    message >> interface >> changed;
    onProperty(interface, changed);
}

void NetworkdBus::onProperty(const std::string& interface, const std::map<std::string, sdbus::Variant>& changed) {
    if (const auto state = changed.find("AdministrativeState"); interface == linkInterface && state != changed.end())
        listener_.onState(state->second.get<std::string>());
    if (const auto leases = changed.find("Leases"); interface == serverInterface && leases != changed.end())
        listener_.onLeases(leases->second.get<std::vector<BusLease>>());
}

void NetworkdBus::get(const char* interface, const char* property, std::function<void(const sdbus::Variant&)> answer,
                      std::function<void()> absent) {
    useLink(ifname_.empty() ? 0 : ::if_nametoindex(ifname_.c_str()));
    if (!link_)
        return;
    link_->callMethodAsync("Get")
        .onInterface("org.freedesktop.DBus.Properties")
        .withTimeout(answerTime)
        .withArguments(std::string(interface), std::string(property))
        .uponReplyInvoke([property, answer = std::move(answer),
                          absent = std::move(absent)](CallError error, const sdbus::Variant& value) {
            if (!error)
                return guard(property, [&] { answer(value); });
            log::debug(std::string("networkd has no ") + property + ": " + error->getMessage());
            if (error->getName() == unknownInterface)
                guard(property, absent);
        });
}

void NetworkdBus::readState() {
    get(
        linkInterface, "AdministrativeState",
        [this](const sdbus::Variant& value) { listener_.onState(value.get<std::string>()); }, [] {});
}

void NetworkdBus::readLeases() {
    get(
        serverInterface, "Leases",
        [this](const sdbus::Variant& value) { listener_.onLeases(value.get<std::vector<BusLease>>()); },
        [this] { listener_.onLeases({}); }); // no server before the first carrier: no leases, and that is said
}

void NetworkdBus::startUnit(Reply reply) {
    systemd_->callMethodAsync("StartUnit")
        .onInterface("org.freedesktop.systemd1.Manager")
        .withTimeout(answerTime)
        .withArguments(std::string("systemd-networkd.service"), std::string("replace"))
        .uponReplyInvoke(
            [done = toReply(std::move(reply))](CallError error, const sdbus::ObjectPath&) { done(error); });
}

void NetworkdBus::reload(Reply reply) {
    manager_->callMethodAsync("Reload")
        .onInterface(managerInterface)
        .withTimeout(answerTime)
        .uponReplyInvoke(toReply(std::move(reply)));
}

void NetworkdBus::reconfigure(Reply reply) {
    manager_->callMethodAsync("ReconfigureLink")
        .onInterface(managerInterface)
        .withTimeout(answerTime)
        .withArguments(static_cast<std::int32_t>(index_))
        .uponReplyInvoke(toReply(std::move(reply)));
}

void NetworkdBus::describe(std::function<void(const std::optional<LinkDescription>&)> answer) {
    manager_->callMethodAsync("DescribeLink")
        .onInterface(managerInterface)
        .withTimeout(answerTime)
        .withArguments(static_cast<std::int32_t>(index_))
        .uponReplyInvoke([answer = std::move(answer)](CallError error, const std::string& json) {
            guard("DescribeLink", [&] { answer(error ? std::nullopt : std::optional(describeLink(json))); });
        });
}

} // namespace otgnet
