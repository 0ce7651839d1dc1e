// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/snapshot.hpp"

#include "base/error.hpp"

namespace otgnet::ctl {

namespace {

template<class T>
void take(const Json& from, const char* name, T& to) {
    from.at(name).get_to(to);
}

std::vector<Lease> leasesFrom(const Json& list) {
    std::vector<Lease> out;
    for (const auto& row : list)
        out.push_back({row.at("address"), row.at("mac"), row.at("hostname"), row.at("expiry")});
    return out;
}

Snapshot read(const Json& from) {
    Snapshot out;
    take(from, "State", out.state);
    take(from, "StateSince", out.stateSince);
    take(from, "Backend", out.backend);
    take(from, "Driver", out.driver);
    take(from, "Udc", out.udc);
    take(from, "UdcState", out.udcState);
    take(from, "Speed", out.speed);
    take(from, "Carrier", out.carrier);
    take(from, "Suspended", out.suspended);
    take(from, "Gadget", out.gadget);
    take(from, "Interface", out.interface);
    take(from, "HostMac", out.hostMac);
    take(from, "KvmMac", out.kvmMac);
    take(from, "Address", out.address);
    take(from, "ForwardInterface", out.forwardInterface);
    take(from, "AllowIcmp", out.allowIcmp);
    take(from, "AllowTcp", out.allowTcp);
    take(from, "AllowUdp", out.allowUdp);
    take(from, "Dns", out.dns);
    take(from, "EndpointsUsed", out.endpointsUsed);
    take(from, "EndpointsMax", out.endpointsMax);
    out.leases = leasesFrom(from.at("Leases"));
    take(from, "Warnings", out.warnings);
    take(from.at("LastError"), "name", out.errorName);
    take(from.at("LastError"), "text", out.errorText);
    return out;
}

} // namespace

Snapshot snapshotFrom(const Json& properties) {
    try {
        return read(properties);
    } catch (const Json::exception& e) {
        throw Error(ErrorCode::Failed,
                    std::string("the service's properties are not those of org.pikvm.OtgNet1: ") + e.what());
    }
}

} // namespace otgnet::ctl
