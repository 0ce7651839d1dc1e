// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our connection as NetworkManager's Settings.AddConnection2 takes it, a{sa{sv}}: built by hand, because a libnm that
/// is older than the daemon would drop the keys it does not know. Pure.
#pragma once

#include "core/plan.hpp"
#include "host/nm/gobject.hpp"

namespace otgnet::nm {

/// The same on every machine and for ever: by it a predecessor's profile is found.
constexpr const char* profileUuid = "8f2c7f5e-6f0b-4c53-9a39-0f7467e7a4b1";
constexpr const char* profileId = "otgnet";

struct ProfileFacts {
    bool dhcpKeys =
        false; ///< NetworkManager >= 1.52 knows ipv4.shared-dhcp-*; an older one refuses the profile for them
    /// Of what its dnsmasq is told in a file: so the profile tells whether a connection was activated with that.
    std::string dnsmasqFingerprint{};
};
Variant makeProfile(const LinkPlan& plan, const ProfileFacts& facts);

/// Whether the settings that the daemon gave back hold every key of `wanted` with its value.
bool profileHolds(GVariant* settings, GVariant* wanted);

} // namespace otgnet::nm
