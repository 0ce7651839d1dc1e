// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The door to the module that speaks with NetworkManager. It is a shared object of its own that is loaded only where
/// NetworkManager is the backend, so that a machine with systemd-networkd carries no libnm.
#pragma once

#include "core/ports.hpp"

#include <sdbus-c++/sdbus-c++.h>

namespace otgnet {

/// File name below ${libdir}/otgnet.
constexpr const char* linkModuleName = "otgnet-networkmanager.so";
/// Name of the one symbol that the module exports.
constexpr const char* linkModuleSymbol = "otgnetNetworkManagerLink";

/// Type of that symbol. Bus and listener outlive the port; files are below `root` ("/" but for tests). The caller
/// deletes the port. Null: it could not be made, and the module has logged why. No exception comes out.
using LinkModuleEntry = LinkPort*(sdbus::IConnection* bus, LinkListener* listener, const char* root) noexcept;

} // namespace otgnet

extern "C" __attribute__((visibility("default"))) otgnet::LinkModuleEntry otgnetNetworkManagerLink;
