// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The configuration after validation. Names follow kvmd's keys; defaults live in the schema only.
#pragma once

#include "base/error.hpp"
#include "core/net.hpp"
#include "core/value.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace otgnet {

enum class Driver { ecm, eem, ncm, rndis, rndis5 };
std::span<const std::string_view> driverNames(); ///< in the order of Driver
std::string_view driverName(Driver driver);
/// The configfs function type: rndis5 is "rndis" without OS descriptors.
std::string_view functionType(Driver driver);

/// otg/*: ids and strings of the gadget, and what of kvmd's other functions counts for the endpoint budget.
struct OtgConfig {
    std::uint16_t vendorId = 0;
    std::uint16_t productId = 0;
    std::string manufacturer;
    std::string product;
    std::optional<std::string> serial;
    std::optional<std::string> configuration; ///< otg/config
    int deviceVersion = -1;                   ///< -1: by driver, as kvmd's
    std::uint16_t usbVersion = 0;
    unsigned maxPower = 0; ///< mA
    bool remoteWakeup = false;
    std::string udc; ///< "" = the first of the sorted ones
    unsigned endpoints = 0;
    std::chrono::milliseconds initDelay{};
    std::string user; ///< owner of UDC and c.1 in a shared gadget
    std::string meta; ///< directory of <function>@meta.json
};

/// otg/devices/ethernet/*
struct EthernetConfig {
    bool enabled = false;
    bool start = false;
    Driver driver = Driver::ecm;
    std::optional<MacAddress> hostMac; ///< empty: derived
    std::optional<MacAddress> kvmMac;
};

/// otgnet/iface and otgnet/firewall
struct NetConfig {
    Cidr4 network;
    bool allowIcmp = false;
    std::vector<std::uint16_t> allowTcp; ///< sorted, unique
    std::vector<std::uint16_t> allowUdp;
    std::optional<IfName> forwardInterface;
};

enum class BackendChoice { automatic, networkd, networkManager };
enum class GadgetChoice { automatic, own, join };

/// otgnet/link/*
struct LinkConfig {
    BackendChoice backend = BackendChoice::automatic;
    GadgetChoice gadget = GadgetChoice::automatic;
    /// Empty: by controller (5 s on dwc2, off elsewhere); zero: off.
    std::optional<std::chrono::seconds> suspendDetach;
};

/// Who asked for something, as warnings begin: "file:line: key: 'argument'". Does not count when settings are compared.
struct Origin {
    std::string text;
    bool operator==(const Origin&) const { return true; }
};

struct StaticLease {
    MacAddress mac;
    Ipv4 address;
    std::string name; ///< "" = none
    Origin origin{};
    bool operator==(const StaticLease&) const = default;
};

struct ClasslessRoute {
    Cidr4 to;
    Ipv4 via;
    bool operator==(const ClasslessRoute&) const = default;
};

/// A DHCP option by number with its payload as it goes over the wire.
struct RawOption {
    std::uint8_t number = 0;
    std::vector<std::uint8_t> payload;
    Origin origin{};
    bool operator==(const RawOption&) const = default;
};

/// Of the settings that have no place of their own; empty for those that nobody asked for.
struct DhcpOrigins {
    Origin network;
    Origin pool;
    Origin leaseTime;
    Origin dns;
    Origin ntp;
    Origin domain;
    Origin routes;
    Origin bootServer;
    Origin bootFile;
    bool operator==(const DhcpOrigins&) const = default;
};

/// The DHCP service, from otgnet/dhcp/* and from the dnsmasq arguments of post_start_cmd. What no backend can do has
/// become a warning before.
struct DhcpConfig {
    Ipv4 first; ///< the pool; empty pools do not exist (a /31 has one address)
    Ipv4 last;
    std::chrono::seconds leaseTime{};
    std::vector<Ipv4> dns;
    bool dnsFromUplink = false;
    std::vector<Ipv4> ntp;
    std::string domain;                ///< "" = none
    bool router = false;               ///< announce us as the router
    std::optional<Ipv4> routerAddress; ///< somebody else as router
    std::vector<StaticLease> hosts;
    std::vector<ClasslessRoute> routes;
    std::string bootServer;         ///< option 66 / siaddr, "" = none
    std::string bootFile;           ///< option 67
    std::vector<RawOption> options; ///< sorted by number; without those that have a field of their own
    DhcpOrigins origins;
    bool operator==(const DhcpConfig&) const = default;
};

/// The four hook commands after _remove and _append, placeholders still in them; empty = nothing to run.
struct HookConfig {
    std::vector<std::string> preStart;
    std::vector<std::string> postStart;
    std::vector<std::string> preStop;
    std::vector<std::string> postStop;
};

struct Config {
    OtgConfig otg;
    EthernetConfig ethernet;
    NetConfig net;
    LinkConfig link;
    std::optional<DhcpConfig> dhcp; ///< empty: the user runs a DHCP service of his own
    HookConfig hooks;
};

/// A configuration together with what a person wants to know of it.
struct LoadedConfig {
    Config config;
    Settings settings;                          ///< every effective key
    std::map<std::string, std::string> origins; ///< key -> "file:line", "default", "runtime" or "settings"
    std::vector<std::string> warnings;          ///< "file:line: key: why"
};

/// A value or file that is refused. what() is "file:line: key: reason" as far as known (without the key if the reason
/// names it already).
class ConfigError : public Error {
public:
    ConfigError(std::string key, Place place, std::string reason);
    const std::string& key() const { return key_; }
    const Place& place() const { return place_; }
    const std::string& reason() const { return reason_; }

private:
    std::string key_;
    Place place_;
    std::string reason_;
};

} // namespace otgnet
