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

void describeGadget(const GadgetPlan& gadget, Status& status) {
    status.driver = driverName(gadget.driver);
    status.gadget = gadget.name;
    status.hostMac = gadget.hostMac.text();
    status.kvmMac = gadget.kvmMac.text();
}

void describeLink(const LinkPlan& link, Status& status) {
    status.address = link.address.text() + '/' + std::to_string(link.network.prefix);
    status.network = link.network.text();
    if (!link.dhcp)
        return;
    for (const Ipv4 server : link.dhcp->dns)
        status.dns.push_back(server.text());
    if (link.dhcp->dnsFromUplink)
        status.dns.emplace_back("auto");
}

void describeFirewall(const FirewallPlan& firewall, Status& status) {
    status.forwardInterface = firewall.forwardInterface ? firewall.forwardInterface->text() : "";
    status.allowIcmp = firewall.allowIcmp;
    status.allowTcp = firewall.allowTcp;
    status.allowUdp = firewall.allowUdp;
}

/// Only what stands is shown as in force.
void describeStanding(const Standing& standing, Status& status) {
    if (standing.gadget)
        describeGadget(*standing.gadget, status);
    if (standing.link)
        describeLink(*standing.link, status);
    if (standing.firewall)
        describeFirewall(*standing.firewall, status);
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
    status.stateSince = scene.stateSince + scene.realtimeOffset;
    status.enabled = scene.enabled;
    status.backend = scene.backend;
    status.udc = scene.udc;
    status.carrier = scene.link.carrier;
    status.interface = scene.link.ifname;
    status.endpointsUsed = scene.udc.endpointsUsed;
    status.lastError = scene.lastError;
    if (scene.config != nullptr) {
        status.driver = driverName(scene.config->config.ethernet.driver);
        status.endpointsMax = scene.config->config.otg.endpoints;
    }
    describeStanding(scene.standing, status);
    for (const Lease& lease : scene.leases)
        status.leases.push_back(describe(lease, scene.realtimeOffset));
    status.warnings = scene.warnings;
    return status;
}

} // namespace otgnet
