// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the machine shall look like. A pure value: made from the configuration and the facts of the machine, compared
/// with the plan in force to find the fewest steps.
#pragma once

#include "core/config.hpp"

namespace otgnet {

/// Directories below usb_gadget: ours, and kvmd's that we can share.
inline const std::string ownGadgetName = "otgnet";
inline const std::string kvmdGadgetName = "kvmd";

/// The gadget and our function in it.
struct GadgetPlan {
    std::string name;    ///< directory below usb_gadget: "otgnet", or "kvmd" when shared
    bool shared = false; ///< the gadget belongs to kvmd: only our function is ours
    Driver driver = Driver::ecm;
    MacAddress hostMac;
    MacAddress kvmMac;
    std::string udc; ///< "" = the first of the sorted ones
    // the rest describes the device and is used for an own gadget only
    std::uint16_t vendorId = 0;
    std::uint16_t productId = 0;
    std::uint16_t deviceVersion = 0; ///< bcdDevice, resolved
    std::uint16_t usbVersion = 0;
    std::string manufacturer;
    std::string product;
    std::optional<std::string> serial;
    std::optional<std::string> configuration;
    unsigned maxPower = 0; ///< mA
    bool remoteWakeup = false;
    // and this for sharing
    unsigned endpoints = 0;
    std::chrono::milliseconds initDelay{};
    std::string user;
    std::string meta;

    std::string function() const; ///< "ncm.usb0"
    bool operator==(const GadgetPlan&) const = default;
};

/// usb0 as the network manager shall publish it.
struct LinkPlan {
    IfName ifname;
    Ipv4 address;
    Cidr4 network;
    BackendChoice backend = BackendChoice::automatic;
    std::optional<IfName> uplink; ///< forward_iface, if dnsFromUplink has to look there
    std::optional<DhcpConfig> dhcp;
    bool operator==(const LinkPlan&) const = default;
};

struct FirewallPlan {
    IfName ifname;
    Cidr4 network;
    bool allowIcmp = false;
    std::vector<std::uint16_t> allowTcp;
    std::vector<std::uint16_t> allowUdp;
    std::optional<IfName> forwardInterface;
    bool operator==(const FirewallPlan&) const = default;
};

/// What is run, placeholders filled; or the mistake in it, which is told when its turn comes.
struct HookCommand {
    std::vector<std::string> argv;
    std::string mistake;
    bool empty() const { return argv.empty() && mistake.empty(); }
    bool operator==(const HookCommand&) const = default;
};

/// Empty = none.
struct HookPlan {
    HookCommand preStart;
    HookCommand postStart;
    HookCommand preStop;
    HookCommand postStop;
    bool operator==(const HookPlan&) const = default;
};

struct Plan {
    GadgetPlan gadget;
    LinkPlan link;
    FirewallPlan firewall;
    HookPlan hooks;
    bool operator==(const Plan&) const = default;
};

/// What the plan needs to know of the machine.
struct MachineFacts {
    std::string machineId;    ///< 32 hex digits of /etc/machine-id, "" if there is none
    std::string serialNumber; ///< of the board, "" if it has none
    bool kvmdGadget = false;  ///< configfs holds a gadget "kvmd"
    IfName ifname;            ///< what our netdev is called, or will be
};

/// Pure. Throws InvalidConfig (network too small, equal MACs).
Plan makePlan(const Config& config, const MachineFacts& facts);

/// The address we take: the first host of the network (/31: its first address). Throws InvalidConfig for a /32.
Ipv4 ownAddress(const Cidr4& network);

/// Locally administered unicast, stable for machine and serial, different for the two ends.
enum class MacEnd { host, kvm };
MacAddress deriveMac(const MachineFacts& facts, MacEnd end);

} // namespace otgnet
