// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/link_state.hpp"

#include "host/nm/profile.hpp"

namespace otgnet::nm {

LinkState judge(bool running, const DeviceFacts& device, bool failed) {
    if (!running)
        return LinkState::absent;
    if (device.path.empty())
        return LinkState::missing;
    if (device.state <= NM_DEVICE_STATE_UNMANAGED)
        return LinkState::unmanaged;
    if (device.state <= NM_DEVICE_STATE_DISCONNECTED && !device.carrier)
        return device.up ? LinkState::waiting : LinkState::down;
    const bool profiled = device.state > NM_DEVICE_STATE_DISCONNECTED && device.state < NM_DEVICE_STATE_DEACTIVATING;
    if (profiled && !device.profile.empty() && device.profile != profileUuid)
        return LinkState::foreign;
    if (device.state == NM_DEVICE_STATE_ACTIVATED && !device.profile.empty())
        return LinkState::active;
    if (failed)
        return LinkState::failed;
    return device.state == NM_DEVICE_STATE_DISCONNECTED ? LinkState::idle : LinkState::activating;
}

bool isSettled(LinkState state) {
    return state == LinkState::active || state == LinkState::waiting;
}

std::uint64_t patience(LinkState state) {
    constexpr std::uint64_t second = 1'000'000;
    switch (state) {
    case LinkState::absent:
    case LinkState::missing:
    case LinkState::failed:
    case LinkState::waiting:
        return 0;
    case LinkState::active: // NetworkManager says so before it knows whether its dnsmasq stays
        return second / 2;
    case LinkState::down:
    case LinkState::idle: // it activates by itself 0.1 to 0.3 s after carrier
        return second;
    case LinkState::unmanaged:
    case LinkState::foreign:
        return 3 * second;
    case LinkState::activating: // dnsmasq alone may take a second; without one NetworkManager tries for ever
        return 8 * second;
    }
    return 0;
}

std::string explain(LinkState state, const IfName& ifname, const DeviceFacts& device) {
    const std::string& name = ifname.text();
    switch (state) {
    case LinkState::absent:
        return "NetworkManager is not running: start it, or set otgnet/link/backend to networkd";
    case LinkState::missing:
        return "NetworkManager does not know of " + name + ": does the interface exist?";
    case LinkState::unmanaged:
        return "NetworkManager leaves " + name + " unmanaged, whatever we tell it";
    case LinkState::down:
        return "NetworkManager does not bring " + name + " up: see its journal";
    case LinkState::idle:
        return "NetworkManager does not activate the connection otgnet on " + name +
               ": see its journal, or try nmcli connection up otgnet";
    case LinkState::foreign:
        return "the connection " + device.profile + " of NetworkManager holds " + name +
               " instead of otgnet: see nmcli connection, and bind it to another interface";
    case LinkState::activating:
    case LinkState::failed:
    case LinkState::active: // but not for long
        return "NetworkManager cannot bring the connection otgnet up on " + name +
               ": is dnsmasq (dnsmasq-base) installed, and are the files of "
               "/etc/NetworkManager/dnsmasq-shared.d right? Its journal tells more";
    case LinkState::waiting:
        return {};
    }
    return {};
}

} // namespace otgnet::nm
