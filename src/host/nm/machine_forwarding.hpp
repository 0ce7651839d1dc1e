// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// net.ipv4.ip_forward, which NetworkManager's shared mode switches on for the whole machine and never off again. What
/// was found is written down in /run, as a reboot resets both. All paths are below `root`.
#pragma once

#include "core/net.hpp"

#include <filesystem>
#include <optional>

namespace otgnet::nm {

/// Before the connection is activated: that the machine does not forward, and which interfaces do so all the same.
/// BackendUnavailable.
void noteForwarding(const std::filesystem::path& root);

/// The connection is active: NetworkManager has switched it on, or will. If it never was, then somebody else who
/// switches it on keeps it. BackendUnavailable.
void noteActivation(const std::filesystem::path& root);

/// When it is no longer active: as it was noted, by us or a predecessor; unless somebody else needs it by now, which
/// another shared connection shows, or a bridge as that of Docker or libvirt. BackendUnavailable.
void giveForwardingBack(const std::filesystem::path& root, const std::optional<IfName>& ifname);

} // namespace otgnet::nm
