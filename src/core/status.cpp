// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/status.hpp"

namespace otgnet {

std::string_view stateName(State state) {
    switch (state) {
    case State::disabled:
        return "disabled";
    case State::starting:
        return "starting";
    case State::waiting:
        return "waiting";
    case State::attached:
        return "attached";
    case State::online:
        return "online";
    case State::failed:
        return "failed";
    case State::stopping:
        return "stopping";
    }
    return "";
}

LeaseRow describe(const Lease& lease, std::uint64_t realtimeOffset) {
    return {lease.address.text(), lease.mac.text(), lease.hostname,
            lease.expires == never ? never : lease.expires + realtimeOffset};
}

namespace {

void describeConfig(const LoadedConfig& loaded, Status& status) {
    const Config& config = loaded.config;
    status.driver = driverName(config.ethernet.driver);
    status.network = config.net.network.text();
    status.forwardInterface = config.net.forwardInterface ? config.net.forwardInterface->text() : "";
    status.allowIcmp = config.net.allowIcmp;
    status.allowTcp = config.net.allowTcp;
    status.allowUdp = config.net.allowUdp;
    status.endpointsMax = config.otg.endpoints;
    if (!config.dhcp)
        return;
    for (const Ipv4 server : config.dhcp->dns)
        status.dns.push_back(server.text());
    if (config.dhcp->dnsFromUplink)
        status.dns.emplace_back("auto");
}

void describePlan(const Plan& plan, Status& status) {
    status.gadget = plan.gadget.name;
    status.hostMac = plan.gadget.hostMac.text();
    status.kvmMac = plan.gadget.kvmMac.text();
    status.address = plan.link.address.text() + '/' + std::to_string(plan.link.network.prefix);
}

} // namespace

LastError describe(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Error& e) {
        return {std::string(errorName(e.code())), e.what()};
    } catch (const std::exception& e) {
        return {std::string(errorName(ErrorCode::Failed)), e.what()};
    }
}

Status describe(const Scene& scene) {
    Status status;
    status.state = scene.state;
    status.enabled = scene.enabled;
    status.backend = scene.backend;
    status.udc = scene.udc;
    status.carrier = scene.link.carrier;
    status.interface = scene.link.ifname;
    status.endpointsUsed = scene.udc.endpointsUsed;
    status.lastError = scene.lastError;
    if (scene.config != nullptr)
        describeConfig(*scene.config, status);
    if (scene.plan != nullptr)
        describePlan(*scene.plan, status);
    for (const Lease& lease : scene.leases)
        status.leases.push_back(describe(lease, scene.realtimeOffset));
    status.warnings = scene.warnings;
    return status;
}

} // namespace otgnet
