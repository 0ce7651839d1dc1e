// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What `otgnetctl doctor` sees on this machine. Reading never fails: what cannot be read counts as not there.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace otgnet::ctl {

inline constexpr const char* defaultNetwork = "172.30.30.0/24"; ///< of the service, for when it cannot be asked

/// A USB device controller and the configfs gadget that holds it ("" = free).
struct Controller {
    std::string name;
    std::string gadget;
    bool operator==(const Controller&) const = default;
};

/// A line of /proc/net/route, in host byte order.
struct Route {
    std::string ifname;
    std::uint32_t network = 0;
    std::uint32_t mask = 0;
    bool operator==(const Route&) const = default;
};

/// A table of somebody else's firewall that does not let everything pass.
struct ForeignTable {
    std::string name; ///< "ip filter"
    bool closesInput = false;
    bool closesForward = false;
    bool namesInterface = false; ///< a rule of it names our interface: somebody thought of us
    bool operator==(const ForeignTable&) const = default;
};

/// systemd-networkd or NetworkManager.
struct Manager {
    bool installed = false;
    bool masked = false;
    std::optional<bool> runs; ///< empty with --root
    bool operator==(const Manager&) const = default;
};

enum class ModuleState { missing, available, loaded }; ///< loaded: or built in
enum class Overlay { missing, host, device };          ///< dwc2 in the boot configuration of a Raspberry Pi

struct Machine {
    std::string model;      ///< of the device tree, "" without one
    std::string bootConfig; ///< path of config.txt, "" if there is none
    Overlay overlay = Overlay::missing;
    bool kernelModules = false; ///< those of the running kernel are on the disk
    ModuleState dwc2 = ModuleState::missing;
    ModuleState libcomposite = ModuleState::missing;
    ModuleState nfTables = ModuleState::missing;
    std::vector<std::string> functions; ///< of USB that the kernel has a module for: "ncm"
    bool gadgetFileSystem = false;      ///< configfs is mounted and knows gadgets
    std::vector<Controller> controllers;
    std::vector<std::string> legacyGadgets; ///< loaded modules such as g_ether
    bool serviceEnabled = false;
    std::vector<std::string> kvmdUnits; ///< of kvmd's own USB network, enabled or running
    Manager networkd;
    Manager networkManager;
    bool networkManagerModule = false;
    bool dnsmasq = false;
    bool pacman = false; ///< Arch: how packages are installed
    std::vector<Route> routes;
    // what only the running machine tells; empty with --root
    nlohmann::json settings = nlohmann::json::object(); ///< by key, as the service would start with; {} = bad ones
    std::string configError;                            ///< what is bad about them
    std::optional<std::vector<ForeignTable>> firewalls; ///< empty as well for who is not root
    bool operator==(const Machine&) const = default;
};

/// The facts that stand in files below `root`.
Machine readMachine(const std::filesystem::path& root);

/// Pure: takes over what `otgnetd --print-config` has printed.
void takeConfiguration(const std::string& printed, Machine& machine);

/// Asks otgnetd(8) for what the files mean, without a running service.
void readConfiguration(Machine& machine);

/// Pure: tables other than ours in the output of `nft -j list ruleset` that drop what their rules do not name.
std::vector<ForeignTable> foreignTables(const std::string& ruleset, const std::string& interface);

/// Asks nft(8) for the rules in force; empty for who is not root or has no nft.
std::optional<std::vector<ForeignTable>> readFirewalls(const std::string& interface);

} // namespace otgnet::ctl
