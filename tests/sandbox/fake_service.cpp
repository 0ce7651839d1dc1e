// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/fake_service.hpp"

#include "ctl/json.hpp"

#include <limits>

namespace otgnet::sandbox {

namespace {

constexpr const char* name = "org.pikvm.OtgNet";
constexpr const char* address = "172.30.30.83";
constexpr const char* mac = "48:6f:73:74:50:43";
constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

} // namespace

std::unique_ptr<FakeService> FakeService::start(World& world) {
    world.installPolicies();
    return std::unique_ptr<FakeService>(new FakeService(world.connect()));
}

FakeService::FakeService(std::unique_ptr<sdbus::IConnection> bus)
    : AdaptorInterfaces(*bus, sdbus::ObjectPath{"/org/pikvm/OtgNet"}),
      bus_(std::move(bus)), settings_{
                                {"otg/devices/ethernet/driver", sdbus::Variant{std::string("ncm")}},
                                {"otg/serial", sdbus::Variant{std::vector<sdbus::Variant>{}}},
                                {"otgnet/dhcp/dns", sdbus::Variant{std::vector<std::string>{}}},
                                {"otgnet/firewall/allow_icmp", sdbus::Variant{true}},
                                {"otgnet/firewall/allow_tcp", sdbus::Variant{std::vector<std::uint16_t>{80, 443}}},
                                {"otgnet/firewall/allow_udp", sdbus::Variant{std::vector<std::uint16_t>{}}}} {
    registerAdaptor();
    bus_->requestName(ServiceName{name});
    bus_->enterEventLoopAsync();
}

FakeService::~FakeService() {
    bus_->leaveEventLoop();
    unregisterAdaptor();
}

void FakeService::failWith(const std::string& errorName, const std::string& text) {
    const std::lock_guard lock(mutex_);
    error_ = {errorName, text};
}

void FakeService::cameFrom(const std::string& key, const std::string& origin) {
    const std::lock_guard lock(mutex_);
    origins_[key] = origin;
}

std::vector<std::string> FakeService::calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
}

void FakeService::becomeOnline(const std::string& hostname) {
    {
        const std::lock_guard lock(mutex_);
        hostname_ = hostname;
    }
    getObject().emitPropertiesChangedSignal(INTERFACE_NAME, {PropertyName{"State"}, PropertyName{"Leases"}});
    emitHostAttached("dummy_udc.0", "high-speed");
    emitLeaseAdded(address, mac, hostname, never);
}

void FakeService::becomeNewer() {
    constexpr const char* properties = "org.freedesktop.DBus.Properties";
    const std::string interface = INTERFACE_NAME;
    const Variants changed{{"Moon", sdbus::Variant{std::map<std::string, double>{{"phase", 0.5}}}}};
    getObject()
        .emitSignal("PropertiesChanged")
        .onInterface(properties)
        .withArguments(interface, changed, std::vector<std::string>{});
    getObject().emitSignal("PropertiesChanged").onInterface(properties).withArguments(interface, 42);
    getObject().emitSignal("HostAttached").onInterface(INTERFACE_NAME).withArguments(42);
}

void FakeService::answer(sdbus::Result<>&& result, std::string call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call) + (allowsInteraction(currentMessage(getObject())) ? " ask" : ""));
    if (error_)
        result.returnError(sdbus::Error(BusErrorName{error_->first}, error_->second));
    else
        result.returnResults();
}

void FakeService::SetConfig(sdbus::Result<>&& result, Variants changes, bool persist) {
    std::string call = "SetConfig";
    for (const auto& [key, value] : changes) {
        call += " " + key + "=" + ctl::toJson(value).dump() + ":" + value.peekValueType();
        settings_[key] = value;
    }
    answer(std::move(result), call + (persist ? " persist" : ""));
}

void FakeService::ResetConfig(sdbus::Result<>&& result, std::vector<std::string> keys, bool persist) {
    std::string call = "ResetConfig";
    for (const auto& key : keys)
        call += " " + key;
    answer(std::move(result), call + (persist ? " persist" : ""));
}

FakeService::Variants FakeService::GetConfig() {
    return settings_;
}

std::map<std::string, std::string> FakeService::GetConfigOrigins() {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string> out = origins_;
    for (const auto& [key, value] : settings_)
        out.try_emplace(key, "default");
    return out;
}

std::map<std::string, std::vector<std::string>> FakeService::GetChoices() {
    return {{"otg/devices/ethernet/driver", {"ecm", "rndis", "rocket"}}};
}

std::string FakeService::State() {
    const std::lock_guard lock(mutex_);
    return hostname_ ? "online" : "waiting";
}

std::vector<sdbus::Struct<std::string, std::string, std::string, std::uint64_t>> FakeService::Leases() {
    const std::lock_guard lock(mutex_);
    if (!hostname_)
        return {};
    return {sdbus::Struct<std::string, std::string, std::string, std::uint64_t>{address, mac, *hostname_, never}};
}

} // namespace otgnet::sandbox
