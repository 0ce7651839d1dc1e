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

/// `dhcpKeys`: NetworkManager >= 1.52 knows ipv4.shared-dhcp-*; an older one refuses a profile that has them.
Variant makeProfile(const LinkPlan& plan, bool dhcpKeys);

/// Whether the settings that the daemon gave back hold every key of `wanted` with its value.
bool profileHolds(GVariant* settings, GVariant* wanted);

} // namespace otgnet::nm
