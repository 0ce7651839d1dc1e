// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our link as systemd-networkd shall see it. Pure: text from a plan. The text is networkd/10-otgnet-usb0.network.in.
#pragma once

#include "core/plan.hpp"

namespace otgnet {

struct NetworkdProfile {
    std::string text;
    /// What networkd cannot do, or would break it: "file:line: key: why".
    std::vector<std::string> warnings;
    bool operator==(const NetworkdProfile&) const = default;
};

/// No value comes out that systemd 252 or a newer one drops the file, fails the link or crashes for.
NetworkdProfile networkdProfile(const LinkPlan& plan);

/// Tells networkd to leave the link alone, whatever other files match it.
std::string networkdHandsOff(const IfName& ifname);

} // namespace otgnet
