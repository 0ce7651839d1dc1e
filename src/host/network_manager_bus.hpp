// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The few words that are spoken with NetworkManager where it is not the backend: enough to see what it manages and to
/// keep its hands off our link. The rest is in the module.
#pragma once

#include "base/sdbus.hpp"

#include <memory>
#include <string>

namespace otgnet {

constexpr const char* networkManagerName = "org.freedesktop.NetworkManager";

class NetworkManagerBus {
public:
    explicit NetworkManagerBus(sdbus::IConnection& bus);

    /// Whether it manages the interface; false if it knows none of this name. A question replaces an earlier one.
    void askManaged(const std::string& ifname, std::function<void(bool)> answer);
    /// Tells it to let go of the interface that there is now, if it has it.
    void release(const std::string& ifname);
    /// Tells it to read its configuration files again.
    void reload();

private:
    void getManaged(const sdbus::ObjectPath& path, std::function<void(bool)> answer);

    sdbus::IConnection& bus_;
    std::unique_ptr<sdbus::IProxy> manager_;
    std::unique_ptr<sdbus::IProxy> device_; ///< replaced in an answer of the manager's only, never in its own
};

} // namespace otgnet
