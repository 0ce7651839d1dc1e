// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A plan for a link with NetworkManager that tests vary.
#pragma once

#include "core/plan.hpp"

namespace otgnet::nm {

inline Ipv4 ip(const char* text) {
    return *Ipv4::parse(text);
}

inline LinkPlan samplePlan() {
    DhcpConfig dhcp;
    dhcp.first = ip("10.55.0.10");
    dhcp.last = ip("10.55.0.20");
    dhcp.leaseTime = std::chrono::hours(24);
    return {*IfName::parse("usb0"),        ip("10.55.0.1"), *Cidr4::parse("10.55.0.0/24"),
            BackendChoice::networkManager, std::nullopt,    dhcp};
}

/// The same link with another DHCP option, so that its connection has to be made anew.
inline LinkPlan planWithNtp() {
    LinkPlan plan = samplePlan();
    plan.dhcp->ntp = {ip("10.55.0.1")};
    return plan;
}

} // namespace otgnet::nm
