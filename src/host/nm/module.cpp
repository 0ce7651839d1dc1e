// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/log.hpp"
#include "host/link_module.hpp"
#include "host/nm/network_manager_link.hpp"

/// libnm speaks over a connection of its own; the daemon's is not needed.
otgnet::LinkPort* otgnetNetworkManagerLink(sdbus::IConnection*, otgnet::LinkListener* listener,
                                           const char* root) noexcept {
    try {
        return new otgnet::nm::NetworkManagerLink(*listener, root);
    } catch (const std::exception& e) {
        otgnet::log::error(std::string("cannot set up NetworkManager's side: ") + e.what());
        return nullptr;
    }
}
