// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/plan.hpp"

#include "core/placeholder.hpp"
#include "core/siphash.hpp"

namespace otgnet {

namespace {

/// kvmd's: hosts cache drivers by this number, so each set of OS descriptors has its own.
std::uint16_t deviceVersion(const Config& config) {
    if (config.otg.deviceVersion >= 0)
        return static_cast<std::uint16_t>(config.otg.deviceVersion);
    switch (config.ethernet.driver) {
    case Driver::ncm:
        return 0x0102;
    case Driver::rndis:
        return 0x0101;
    case Driver::ecm:
    case Driver::eem:
    case Driver::rndis5:
        break;
    }
    return 0x0100;
}

bool isShared(const Config& config, const MachineFacts& facts) {
    return config.link.gadget == GadgetChoice::join ||
           (config.link.gadget == GadgetChoice::automatic && facts.kvmdGadget);
}

struct Macs {
    MacAddress host;
    MacAddress kvm;
};

/// A derived address gives way to the other end's if somebody has written down just that one.
MacAddress besides(MacAddress derived, const MacAddress& other) {
    constexpr std::uint8_t otherHalf = 0x80;
    if (derived == other)
        derived.bytes[1] ^= otherHalf;
    return derived;
}

Macs macsOf(const EthernetConfig& ethernet, const MachineFacts& facts) {
    if (ethernet.hostMac && ethernet.hostMac == ethernet.kvmMac)
        throw Error(ErrorCode::InvalidConfig,
                    "otg/devices/ethernet/host_mac and otg/devices/ethernet/kvm_mac are both " +
                        ethernet.hostMac->text() + "; the two ends of the cable need different ones");
    const MacAddress host = deriveMac(facts, MacEnd::host);
    const MacAddress kvm = deriveMac(facts, MacEnd::kvm);
    return {ethernet.hostMac ? *ethernet.hostMac : besides(host, ethernet.kvmMac.value_or(kvm)),
            ethernet.kvmMac ? *ethernet.kvmMac : besides(kvm, ethernet.hostMac.value_or(host))};
}

GadgetPlan planGadget(const Config& config, const MachineFacts& facts) {
    const OtgConfig& otg = config.otg;
    const Macs macs = macsOf(config.ethernet, facts);
    GadgetPlan gadget;
    gadget.shared = isShared(config, facts);
    gadget.name = gadget.shared ? "kvmd" : "otgnet";
    gadget.driver = config.ethernet.driver;
    gadget.hostMac = macs.host;
    gadget.kvmMac = macs.kvm;
    gadget.udc = otg.udc;
    gadget.vendorId = otg.vendorId;
    gadget.productId = otg.productId;
    gadget.deviceVersion = deviceVersion(config);
    gadget.usbVersion = otg.usbVersion;
    gadget.manufacturer = otg.manufacturer;
    gadget.product = otg.product;
    gadget.serial = otg.serial;
    gadget.configuration = otg.configuration;
    gadget.maxPower = otg.maxPower;
    gadget.remoteWakeup = otg.remoteWakeup;
    gadget.endpoints = otg.endpoints;
    gadget.initDelay = otg.initDelay;
    gadget.user = otg.user;
    gadget.meta = otg.meta;
    return gadget;
}

HookCommand fill(const std::vector<std::string>& words, const Placeholders& values) try {
    HookCommand command;
    for (const std::string& word : words)
        command.argv.push_back(fillPlaceholders(word, values));
    return command;
} catch (const Error& error) {
    return {{}, error.what()};
}

HookPlan planHooks(const Config& config, const MachineFacts& facts) {
    const Placeholders values =
        placeholdersFor(config.net.network, facts.ifname.text(), config.net.forwardInterface.has_value());
    return {fill(config.hooks.preStart, values), fill(config.hooks.postStart, values),
            fill(config.hooks.preStop, values), fill(config.hooks.postStop, values)};
}

} // namespace

std::string GadgetPlan::function() const {
    return std::string(functionType(driver)) + ".usb0";
}

Plan makePlan(const Config& config, const MachineFacts& facts) {
    const NetConfig& net = config.net;
    const bool asksUplink = config.dhcp && config.dhcp->dnsFromUplink;
    return {.gadget = planGadget(config, facts),
            .link = {.ifname = facts.ifname,
                     .address = ownAddress(net.network),
                     .network = net.network,
                     .backend = config.link.backend,
                     .uplink = asksUplink ? net.forwardInterface : std::nullopt,
                     .dhcp = config.dhcp},
            .firewall = {.ifname = facts.ifname,
                         .network = net.network,
                         .allowIcmp = net.allowIcmp,
                         .allowTcp = net.allowTcp,
                         .allowUdp = net.allowUdp,
                         .forwardInterface = net.forwardInterface},
            .hooks = planHooks(config, facts)};
}

Ipv4 ownAddress(const Cidr4& network) {
    constexpr std::uint8_t pointToPoint = 31;
    if (network.prefix > pointToPoint)
        throw Error(ErrorCode::InvalidConfig,
                    "otgnet/iface/net: " + network.text() + ": Too small network, required at least /31");
    return network.prefix == pointToPoint ? network.network : Ipv4{network.network.value + 1};
}

MacAddress deriveMac(const MachineFacts& facts, MacEnd end) {
    constexpr std::uint8_t local = 0x02;
    constexpr std::uint8_t neitherLocalNorMulticast = 0xfc;
    const std::string_view label = end == MacEnd::host ? "otgnet host " : "otgnet kvm ";
    const std::uint64_t hash = sipHash(facts.machineId, std::string(label) + facts.serialNumber);
    MacAddress mac;
    for (std::size_t i = 0; i < mac.bytes.size(); ++i)
        mac.bytes.at(i) = static_cast<std::uint8_t>(hash >> (8 * i));
    mac.bytes[0] = static_cast<std::uint8_t>((mac.bytes[0] & neitherLocalNorMulticast) | local);
    mac.bytes[5] = static_cast<std::uint8_t>((mac.bytes[5] & 0xfeU) | (end == MacEnd::kvm ? 1U : 0U));
    return mac;
}

} // namespace otgnet
