// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Which network manager publishes our link.
#pragma once

#include "core/plan.hpp"
#include "host/name_watch.hpp"
#include "host/network_manager_bus.hpp"

#include <filesystem>

namespace otgnet {

enum class Backend { none, networkd, networkManager };
/// "", "networkd", "networkmanager"
std::string backendName(Backend backend);

/// The interface of the best default route in the text of /proc/net/route, "" if there is none. Pure.
std::string defaultRouteInterface(std::string_view routes);

/// Knows which managers run, and asks them who has the uplink.
class BackendChooser {
public:
    /// `changed` is called from the loop when a manager comes or goes, once both are known about.
    BackendChooser(sdbus::IConnection& bus, std::filesystem::path root, std::function<void()> changed);

    bool runs(Backend backend) const;
    /// What was asked for, or: the one that runs; both: the one that has the default route's interface, networkd if
    /// neither says so; neither: networkd, which can be started. Answers from the loop, once both are known about.
    void choose(BackendChoice wanted, std::function<void(Backend)> answer);

private:
    bool known() const { return networkd_.owned() && networkManager_.owned(); }
    void onName();
    void decide();
    void askNetworkd(const std::string& uplink);
    void askNetworkManager(const std::string& uplink);
    void answer(Backend backend);

    std::filesystem::path root_;
    std::function<void()> changed_;
    BackendChoice wanted_ = BackendChoice::automatic;
    std::function<void(Backend)> answer_; ///< empty: nobody asks
    bool asking_ = false;
    Source soon_;
    std::unique_ptr<sdbus::IProxy> networkdProxy_;
    NetworkManagerBus networkManagerBus_;
    NameWatch networkd_, networkManager_;
};

} // namespace otgnet
