// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/config_builder.hpp"

#include "core/command.hpp"
#include "core/dhcp.hpp"
#include "core/duration.hpp"
#include "core/placeholder.hpp"
#include "core/plan.hpp"
#include "core/python.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace otgnet {

namespace {

template<typename T>
const T& get(const Settings& settings, const std::string& key) {
    return std::get<T>(settings.at(key).data);
}

bool flag(const Settings& settings, const std::string& key) {
    return get<bool>(settings, key);
}

std::string text(const Settings& settings, const std::string& key) {
    return get<std::string>(settings, key);
}

template<typename T>
T number(const Settings& settings, const std::string& key) {
    return static_cast<T>(get<std::int64_t>(settings, key));
}

std::optional<std::string> optionalText(const Settings& settings, const std::string& key) {
    return settings.at(key).isNull() ? std::nullopt : std::optional{text(settings, key)};
}

[[noreturn]] void fail(const Settings& settings, const std::string& key, const std::string& why) {
    const Value& value = settings.at(key);
    throw ConfigError(key, value.place,
                      "Invalid value " + python::repr(value) + " for key " + python::repr(key) + ": " + why);
}

std::string warning(const Settings& settings, const std::string& key, const std::string& why) {
    return settings.at(key).place.text() + ": " + key + ": " + why;
}

/// kvmd takes "nan" and "inf" too and dies of them later.
std::chrono::milliseconds initDelay(const Settings& settings, std::vector<std::string>& warnings) {
    constexpr double longest = 60;
    constexpr double second = 1000;
    const std::string key = "otg/init_delay";
    const auto seconds = get<double>(settings, key);
    if (seconds <= longest)
        return std::chrono::milliseconds(std::lround(seconds * second));
    warnings.push_back(warning(settings, key, "not a time of at most a minute; a minute it is"));
    return std::chrono::minutes(1);
}

OtgConfig buildOtg(const Settings& settings, std::vector<std::string>& warnings) {
    OtgConfig otg;
    otg.vendorId = number<std::uint16_t>(settings, "otg/vendor_id");
    otg.productId = number<std::uint16_t>(settings, "otg/product_id");
    otg.manufacturer = text(settings, "otg/manufacturer");
    otg.product = text(settings, "otg/product");
    otg.serial = optionalText(settings, "otg/serial");
    otg.configuration = optionalText(settings, "otg/config");
    otg.deviceVersion = number<int>(settings, "otg/device_version");
    otg.usbVersion = number<std::uint16_t>(settings, "otg/usb_version");
    otg.maxPower = number<unsigned>(settings, "otg/max_power");
    otg.remoteWakeup = flag(settings, "otg/remote_wakeup");
    otg.udc = text(settings, "otg/udc");
    otg.endpoints = static_cast<unsigned>(std::min<std::int64_t>(get<std::int64_t>(settings, "otg/endpoints"), 255));
    otg.initDelay = initDelay(settings, warnings);
    otg.user = text(settings, "otg/user");
    otg.meta = text(settings, "otg/meta");
    return otg;
}

Driver driver(const std::string& name) {
    for (const Driver each : {Driver::ecm, Driver::eem, Driver::ncm, Driver::rndis})
        if (driverName(each) == name)
            return each;
    return Driver::rndis5;
}

EthernetConfig buildEthernet(const Settings& settings) {
    const std::string section = "otg/devices/ethernet/";
    EthernetConfig ethernet;
    ethernet.enabled = flag(settings, section + "enabled");
    ethernet.start = flag(settings, section + "start");
    ethernet.driver = driver(text(settings, section + "driver"));
    ethernet.hostMac = MacAddress::parse(text(settings, section + "host_mac"));
    ethernet.kvmMac = MacAddress::parse(text(settings, section + "kvm_mac"));
    if (ethernet.hostMac && ethernet.hostMac == ethernet.kvmMac)
        fail(settings, section + "kvm_mac",
             "the same address as " + section + "host_mac (" + settings.at(section + "host_mac").place.text() +
                 "); the two ends of the cable need different ones");
    return ethernet;
}

std::vector<std::uint16_t> ports(const Settings& settings, const std::string& key) {
    std::vector<std::uint16_t> ports;
    for (const Value& port : get<Value::List>(settings, key))
        ports.push_back(static_cast<std::uint16_t>(std::get<std::int64_t>(port.data)));
    std::sort(ports.begin(), ports.end());
    ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
    return ports;
}

/// What forwards nothing although it may be the name of an interface: us, or kvmd's "" in other words.
bool isNoUplink(const std::string& name) {
    constexpr std::array<std::string_view, 6> words{"lo", "usb0", "off", "no", "none", "false"};
    return std::find(words.begin(), words.end(), python::lower(name)) != words.end();
}

std::optional<IfName> forwardInterface(const Settings& settings, std::vector<std::string>& warnings) {
    const std::string key = "otgnet/firewall/forward_iface";
    const std::string name = text(settings, key);
    if (name.empty())
        return std::nullopt;
    auto ifname = IfName::parse(name);
    if (!ifname)
        warnings.push_back(warning(settings, key, "not the name of a network interface; nothing is forwarded"));
    else if (name.ends_with('+'))
        warnings.push_back(warning(settings, key, "taken literally, + does not stand for any number here"));
    else if (isNoUplink(name))
        warnings.push_back(warning(settings, key, python::repr(name) + " is no uplink; \"\" forwards nothing"));
    return ifname;
}

NetConfig buildNet(const Settings& settings, std::vector<std::string>& warnings) {
    constexpr std::uint16_t dhcpPort = 67;
    constexpr std::uint8_t smallest = 31;
    const std::string udp = "otgnet/firewall/allow_udp";
    NetConfig net;
    net.network = *Cidr4::parse(text(settings, "otgnet/iface/net"));
    if (net.network.prefix > smallest)
        fail(settings, "otgnet/iface/net", "Too small network, required at least /31");
    net.allowIcmp = flag(settings, "otgnet/firewall/allow_icmp");
    net.allowTcp = ports(settings, "otgnet/firewall/allow_tcp");
    net.allowUdp = ports(settings, udp);
    net.forwardInterface = forwardInterface(settings, warnings);
    if (!std::binary_search(net.allowUdp.begin(), net.allowUdp.end(), dhcpPort))
        warnings.push_back(warning(settings, udp, "port 67 stays open, or the host would get no address"));
    return net;
}

LinkConfig buildLink(const Settings& settings) {
    LinkConfig link;
    const std::string backend = text(settings, "otgnet/link/backend");
    const std::string gadget = text(settings, "otgnet/link/gadget");
    const std::string detach = text(settings, "otgnet/link/suspend_detach");
    if (backend != "auto")
        link.backend = backend == "networkd" ? BackendChoice::networkd : BackendChoice::networkManager;
    if (gadget != "auto")
        link.gadget = gadget == "own" ? GadgetChoice::own : GadgetChoice::join;
    if (detach != "auto")
        link.suspendDetach = detach == "off" ? std::chrono::seconds(0) : *parseDuration(detach);
    return link;
}

/// As in kvmd a mistake spoils the command it stands in, when that is to be run, and nothing else.
std::vector<std::string> runnable(const Command& command, const Placeholders& values,
                                  std::vector<std::string>& warnings) {
    for (const Argument& word : command) {
        try {
            fillPlaceholders(word.text, values);
        } catch (const Error& error) {
            warnings.push_back(word.place.text() + ": " + word.key + ": " + error.what() + ": the command will fail");
            break;
        }
    }
    return wordsOf(command);
}

void buildHooks(const Settings& settings, Config& config, std::vector<std::string>& warnings) {
    const Placeholders values = placeholdersFor(config.net.network, "usb0", config.net.forwardInterface.has_value());
    const Command preStart = hookCommand(settings, "pre_start");
    const Command postStart = hookCommand(settings, "post_start");
    const Command preStop = hookCommand(settings, "pre_stop");
    const Command postStop = hookCommand(settings, "post_stop");
    const auto hook = [&](const Command& command, bool idle) {
        return idle || isIdle(command) ? std::vector<std::string>{} : runnable(command, values, warnings);
    };
    const bool ours = startsDnsmasq(postStart);
    if (ours)
        config.dhcp = buildDhcp(settings, config.net, postStart, warnings);
    else
        warnOfIdleDhcpKeys(settings, warnings);
    config.hooks.preStart = hook(preStart, false);
    config.hooks.postStart = hook(postStart, ours);
    config.hooks.preStop = hook(preStop, stopsDnsmasq(preStop) && (ours || !namesDnsmasqUnit(postStart)));
    config.hooks.postStop = hook(postStop, false);
}

} // namespace

Config buildConfig(const Settings& settings, std::vector<std::string>& warnings) {
    Config config;
    config.otg = buildOtg(settings, warnings);
    config.ethernet = buildEthernet(settings);
    config.net = buildNet(settings, warnings);
    config.link = buildLink(settings);
    buildHooks(settings, config, warnings);
    return config;
}

} // namespace otgnet
