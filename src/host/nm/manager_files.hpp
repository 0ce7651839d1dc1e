// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our files among NetworkManager's. All paths are below `root`.
#pragma once

#include "core/net.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace otgnet::nm {

/// That it shall manage our interface, which its udev rules exclude as they do every gadget. Answers whether the file
/// has changed, which a Reload has to follow. BackendUnavailable.
bool writeManagedConf(const std::filesystem::path& root, const IfName& ifname);
/// The interface of the file that stands.
std::optional<IfName> managedInterface(const std::filesystem::path& root);
/// Answers whether there was one.
bool removeManagedConf(const std::filesystem::path& root);

/// For its dnsmasq; an empty text takes the file away. BackendUnavailable.
void writeDnsmasqConf(const std::filesystem::path& root, const std::string& text);
/// Changes with what stands in that file; "" if there is none.
std::string dnsmasqFingerprint(const std::filesystem::path& root);

/// Whether somebody else's file for dnsmasq reserves the address.
bool isReservedElsewhere(const std::filesystem::path& root, Ipv4 address);

/// Takes away the profile that NetworkManager has kept for us, for when it does not run itself.
void removeProfileFiles(const std::filesystem::path& root);

/// ": …" naming the file and line of an unmanaged-devices= in NetworkManager's configuration, which nothing overrides;
/// "" if there is none.
std::string strictUnmanagedHint(const std::filesystem::path& root);

} // namespace otgnet::nm
