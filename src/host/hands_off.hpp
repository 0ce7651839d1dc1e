// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Keeps NetworkManager away from our link where it is not the backend. Its udev rules ignore gadgets, but some systems
/// override them. Nothing here can fail the link: troubles are logged.
#pragma once

#include "core/net.hpp"
#include "host/network_manager_bus.hpp"

#include <filesystem>
#include <functional>

namespace otgnet {

class HandsOff {
public:
    /// `runs` answers whether NetworkManager does; if not, it finds our file when it starts.
    HandsOff(sdbus::IConnection& bus, const std::filesystem::path& root, std::function<bool()> runs);

    void put(const IfName& ifname); ///< before the link appears: that is when the file counts
    void enforce();                 ///< once it is there
    void remove();                  ///< also what a killed predecessor has left

private:
    bool isNeeded() const;

    NetworkManagerBus bus_;
    std::filesystem::path program_; ///< without it NetworkManager is not installed; folders of it others make, too
    std::filesystem::path file_;
    std::function<bool()> runs_;
    std::string ifname_;
};

} // namespace otgnet
