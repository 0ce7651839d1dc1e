// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/schema.hpp"

#include "core/config.hpp"
#include "core/python.hpp"
#include "core/utf8.hpp"
#include "core/validators_own.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace otgnet {

namespace {

constexpr std::int64_t word = 0xffff;
constexpr std::int64_t anyInt = INT64_MAX;

Value of(Value::Data data) {
    return Value{std::move(data), {"default", 0}, {}};
}

Value text(const char* string) {
    return of(std::string(string));
}

Value words(std::initializer_list<const char*> list) {
    Value::List items;
    for (const char* item : list)
        items.push_back(text(item));
    return of(std::move(items));
}

Value integer(std::int64_t number) {
    return of(number);
}

Value flag(bool on) {
    return of(on);
}

Value null() {
    return of(std::monostate{});
}

Value none() {
    return of(Value::List{});
}

Key key(KeyGroup group, std::string path, Value fallback, Validator check, Nothing nothing = Nothing::refused) {
    return Key{std::move(path), group, std::move(fallback), std::move(check), nothing};
}

/// The first word is the default.
Key choice(KeyGroup group, std::string path, std::vector<std::string> words) {
    return Key{std::move(path), group, of(words.front()), valid::oneOf(words), Nothing::refused, words};
}

using Keys = std::vector<Key>;

void addGadget(Keys& keys) {
    constexpr auto group = KeyGroup::gadget;
    const Validator id = valid::number({0, word}, "OTG ID");
    keys.push_back(key(group, "otg/vendor_id", integer(0x1d6b), id));
    keys.push_back(key(group, "otg/product_id", integer(0x0104), id));
    keys.push_back(key(group, "otg/manufacturer", text("PiKVM"), valid::strippedString));
    keys.push_back(key(group, "otg/product", text("PiKVM Composite Device"), valid::strippedString));
    keys.push_back(key(group, "otg/serial", text("CAFEBABE"), valid::strippedString, Nothing::nullStaysNull));
    keys.push_back(key(group, "otg/config", null(), valid::strippedString, Nothing::nullStaysNull));
    keys.push_back(key(group, "otg/device_version", integer(-1), valid::number({-1, word})));
    keys.push_back(key(group, "otg/usb_version", integer(0x0200), id));
    keys.push_back(key(group, "otg/max_power", integer(250), valid::number({50, 500})));
    keys.push_back(key(group, "otg/remote_wakeup", flag(true), valid::boolean));
    keys.push_back(key(group, "otg/udc", text(""), valid::fileName, Nothing::emptyIsEmptyText));
    keys.push_back(key(group, "otg/endpoints", integer(9), valid::number({0, anyInt})));
    keys.push_back(key(group, "otg/init_delay", of(3.0), valid::atLeastTenth));
    keys.push_back(key(group, "otg/user", text("kvmd"), valid::user));
    keys.push_back(key(group, "otg/meta", text("/run/kvmd/otg"), valid::absolutePath));
}

void addInquiry(Keys& keys, const std::string& drive) {
    constexpr auto group = KeyGroup::kvmd;
    for (const std::string kind : {"cdrom", "flash"}) {
        const std::string path = drive + "/default/inquiry_string/" + kind;
        const char* const product = kind == "cdrom" ? "Optical Drive" : "Flash Drive";
        keys.push_back(key(group, path + "/vendor", null(), valid::strippedString, Nothing::nullStaysNull));
        keys.push_back(key(group, path + "/product", text(product), valid::strippedString));
        keys.push_back(key(group, path + "/revision", text("1.00"), valid::strippedString));
    }
}

void addFlags(Keys& keys, const std::string& section, std::initializer_list<std::pair<const char*, bool>> flags) {
    for (const auto& [name, fallback] : flags)
        keys.push_back(key(KeyGroup::kvmd, section + '/' + name, flag(fallback), valid::boolean));
}

void addInputAndStorage(Keys& keys) {
    for (const char* device : {"keyboard", "mouse", "mouse_alt"})
        addFlags(keys, std::string("otg/devices/hid/") + device, {{"start", true}});
    const std::string msd = "otg/devices/msd";
    addFlags(keys, msd, {{"start", true}});
    keys.push_back(
        key(KeyGroup::kvmd, msd + "/default/file", text(""), valid::absolutePath, Nothing::emptyIsEmptyText));
    addFlags(keys, msd + "/default",
             {{"stall", false}, {"cdrom", true}, {"rw", false}, {"removable", true}, {"fua", true}});
    addInquiry(keys, msd);
    addFlags(keys, "otg/devices/serial", {{"enabled", false}, {"start", true}});
}

void addEthernet(Keys& keys) {
    constexpr auto group = KeyGroup::ethernet;
    const std::string section = "otg/devices/ethernet/";
    keys.push_back(key(group, section + "enabled", flag(false), valid::boolean));
    keys.push_back(key(group, section + "start", flag(true), valid::boolean));
    keys.push_back(key(group, section + "driver", text("ecm"), valid::ethernetDriver));
    keys.back().choices.assign(driverNames().begin(), driverNames().end());
    keys.push_back(key(group, section + "host_mac", text(""), valid::mac, Nothing::emptyIsEmptyText));
    keys.push_back(key(group, section + "kvm_mac", text(""), valid::mac, Nothing::emptyIsEmptyText));
}

void addMedia(Keys& keys) {
    constexpr auto group = KeyGroup::kvmd;
    addFlags(keys, "otg/devices/audio", {{"enabled", false}, {"start", true}});
    addFlags(keys, "otg/devices/audio/speakers", {{"enabled", false}});
    addFlags(keys, "otg/devices/audio/mic", {{"enabled", true}});
    const std::string camera = "otg/devices/camera";
    addFlags(keys, camera, {{"enabled", false}, {"start", true}});
    keys.push_back(key(group, camera + "/controls/ct_mask", integer(0x0e), valid::number({0, 0xffffff})));
    keys.push_back(key(group, camera + "/controls/pu_mask", integer(0x175b), valid::number({0, word})));
    const std::string drives = "otg/devices/drives";
    addFlags(keys, drives, {{"enabled", false}, {"start", true}});
    keys.push_back(key(group, drives + "/count", integer(1), valid::number({1, anyInt})));
    addFlags(keys, drives + "/default",
             {{"stall", false}, {"cdrom", false}, {"rw", true}, {"removable", true}, {"fua", true}});
    addInquiry(keys, drives);
}

void addNetwork(Keys& keys) {
    constexpr auto group = KeyGroup::network;
    const std::string firewall = "otgnet/firewall/";
    keys.push_back(key(group, "otgnet/iface/net", text("172.30.30.0/24"), valid::network));
    keys.push_back(key(group, firewall + "allow_icmp", flag(true), valid::boolean));
    keys.push_back(key(group, firewall + "allow_tcp", none(), valid::ports));
    keys.push_back(key(group, firewall + "allow_udp", of(Value::List{integer(67)}), valid::ports));
    keys.push_back(key(group, firewall + "forward_iface", text(""), valid::strippedString));
}

void addHook(Keys& keys, const std::string& name, Value fallback) {
    constexpr auto group = KeyGroup::commands;
    keys.push_back(key(group, "otgnet/commands/" + name, std::move(fallback), valid::command));
    keys.push_back(key(group, "otgnet/commands/" + name + "_remove", none(), valid::options));
    keys.push_back(key(group, "otgnet/commands/" + name + "_append", none(), valid::options));
}

void addCommands(Keys& keys) {
    constexpr auto group = KeyGroup::commands;
    const std::string section = "otgnet/commands/";
    keys.push_back(key(group, section + "ip_cmd", words({"/usr/bin/ip"}), valid::command));
    keys.push_back(key(group, section + "iptables_cmd", words({"/usr/sbin/iptables", "--wait=5"}), valid::command));
    keys.push_back(key(group, section + "sysctl_cmd", words({"/usr/sbin/sysctl"}), valid::command));
    addHook(keys, "pre_start_cmd", words({"/bin/true", "pre-start"}));
    addHook(keys, "post_start_cmd",
            words({"/usr/bin/systemd-run", "--unit=kvmd-otgnet-dnsmasq", "/usr/sbin/dnsmasq", "--conf-file=/dev/null",
                   "--pid-file", "--user=dnsmasq", "--interface={iface}", "--port=0",
                   "--dhcp-range={dhcp_ip_begin},{dhcp_ip_end},24h", "--dhcp-leasefile=/run/kvmd/dnsmasq.lease",
                   "--dhcp-option={dhcp_option_3}", "--dhcp-option=6", "--keep-in-foreground"}));
    addHook(keys, "pre_stop_cmd", words({"/usr/bin/systemctl", "stop", "kvmd-otgnet-dnsmasq"}));
    addHook(keys, "post_stop_cmd", words({"/bin/true", "post-stop"}));
}

void addLink(Keys& keys) {
    constexpr auto group = KeyGroup::link;
    keys.push_back(choice(group, "otgnet/link/backend", {"auto", "networkd", "networkmanager"}));
    keys.push_back(key(group, "otgnet/link/suspend_detach", text("auto"), valid::suspendDetach));
    keys.push_back(choice(group, "otgnet/link/gadget", {"auto", "own", "join"}));
}

void addDhcp(Keys& keys) {
    constexpr auto group = KeyGroup::dhcp;
    const std::string section = "otgnet/dhcp/";
    keys.push_back(key(group, section + "dns", none(), valid::dnsServers));
    keys.push_back(key(group, section + "ntp", none(), valid::addresses));
    keys.push_back(key(group, section + "domain", text(""), valid::domain, Nothing::emptyIsEmptyText));
    keys.push_back(key(group, section + "lease_time", text("24h"), valid::leaseTime));
    keys.push_back(key(group, section + "router", text("auto"), valid::autoOrBoolean));
    keys.back().choices = {"auto", "true", "false"};
    keys.push_back(key(group, section + "hosts", none(), valid::staticLeases));
    keys.push_back(key(group, section + "routes", none(), valid::routes));
}

Keys makeKeys() {
    Keys keys;
    addGadget(keys);
    addInputAndStorage(keys);
    addEthernet(keys);
    addMedia(keys);
    addNetwork(keys);
    addCommands(keys);
    addLink(keys);
    addDhcp(keys);
    return keys;
}

const Keys& table() {
    static const Keys keys = makeKeys();
    return keys;
}

std::set<std::string, std::less<>> makeSections() {
    std::set<std::string, std::less<>> sections;
    for (const Key& key : table())
        for (std::size_t slash = key.path.find('/'); slash != std::string::npos; slash = key.path.find('/', slash + 1))
            sections.insert(key.path.substr(0, slash));
    return sections;
}

[[noreturn]] void refuseKey(const Key& key, const Value& value, const Place& place, const std::string& why) {
    constexpr std::size_t longest = 512;
    throw ConfigError(key.path, place,
                      "Invalid value " + utf8::clipped(python::repr(value), longest) + " for key " +
                          python::repr(key.path) + ": " + utf8::clipped(why, longest));
}

} // namespace

std::span<const Key> allKeys() {
    return table();
}

const Key* findKey(std::string_view path) {
    static const auto index = [] {
        std::map<std::string_view, const Key*> keys;
        for (const Key& key : table())
            keys.emplace(key.path, &key);
        return keys;
    }();
    const auto found = index.find(path);
    return found == index.end() ? nullptr : found->second;
}

const std::set<std::string, std::less<>>& allSections() {
    static const auto all = makeSections();
    return all;
}

bool isSection(std::string_view path) {
    return allSections().contains(path);
}

Value validate(const Key& key, const Value& value) {
    if (key.nothing == Nothing::nullStaysNull && value.isNull())
        return value;
    if (key.nothing == Nothing::emptyIsEmptyText && !python::truth(value))
        return Value{std::string(), value.place, value.raw};
    try {
        return key.check(value);
    } catch (const ConfigError& error) { // about one item of a list
        refuseKey(key, value, error.place(), error.reason());
    } catch (const Error& error) {
        refuseKey(key, value, value.place, error.what());
    }
}

} // namespace otgnet
