// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/config.hpp"
#include "core/python.hpp"
#include "core/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace otgnet {
namespace {

Value of(Value::Data data) {
    return Value{std::move(data), {"/etc/kvmd/override.yaml", 7}, {}};
}

Value text(const char* string) {
    return of(std::string(string));
}

std::string refusal(const char* key, const Value& value) {
    try {
        validate(*findKey(key), value);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Schema, EveryDefaultIsValid) {
    for (const Key& key : allKeys())
        EXPECT_EQ(validate(key, key.fallback), key.fallback) << key.path;
}

TEST(Schema, EveryPathIsThereOnce) {
    std::set<std::string> paths;
    for (const Key& key : allKeys()) {
        EXPECT_TRUE(paths.insert(key.path).second) << key.path;
        EXPECT_EQ(findKey(key.path), &key);
        EXPECT_FALSE(isSection(key.path));
    }
    EXPECT_TRUE(isSection("otgnet/iface"));
    EXPECT_EQ(findKey("otgnet/iface"), nullptr);
}

TEST(Schema, AnErrorNamesValueKeyPlaceAndReasonInKvmdsWords) {
    EXPECT_EQ(refusal("otgnet/iface/net", text("10.65.0.1/28")),
              "/etc/kvmd/override.yaml:7: Invalid value '10.65.0.1/28' for key 'otgnet/iface/net': "
              "The argument '10.65.0.1/28' is not a valid IPv4 network");
    EXPECT_EQ(refusal("otg/max_power", of(std::int64_t{501})),
              "/etc/kvmd/override.yaml:7: Invalid value 501 for key 'otg/max_power': "
              "The argument '501' must be int and lesser or equal than 500");
    EXPECT_EQ(refusal("otgnet/firewall/allow_tcp", of(Value::List{text("80,443")})),
              "/etc/kvmd/override.yaml:7: Invalid value ['80,443'] for key 'otgnet/firewall/allow_tcp': "
              "Failed sub-validator on one of the item of ['80,443']: '80,443' (line 7): "
              "The argument '80,443' is not a valid network port");
}

TEST(Schema, TheItemIsNamedAfterALongListToo) {
    Value bad = of(std::int64_t{65536});
    bad.place.line = 9;
    Value::List list(100, of(std::int64_t{10000}));
    list.push_back(bad);
    const std::string text = refusal("otgnet/firewall/allow_tcp", of(list));
    EXPECT_TRUE(text.starts_with("/etc/kvmd/override.yaml:7: Invalid value [10000, "));
    EXPECT_TRUE(text.ends_with("…: 65536 (line 9): The argument '65536' must be network port and lesser or equal than "
                               "65535"))
        << text;
}

TEST(Schema, AnErrorStaysShortForALongValue) {
    EXPECT_LT(refusal("otgnet/iface/net", text(std::string(100'000, 'x').c_str())).size(), 2000U);
    EXPECT_LT(refusal("otg/vendor_id", text(std::string(100'000, '\x01').c_str())).size(), 2000U);
}

TEST(Schema, NetworksAreNormalised) {
    const Key& key = *findKey("otgnet/iface/net");
    EXPECT_EQ(validate(key, text(" 10.0.0.0/255.255.255.0 ")), text("10.0.0.0/24"));
    EXPECT_EQ(validate(key, text("10.0.0.0/0.0.0.255")), text("10.0.0.0/24"));
    EXPECT_EQ(validate(key, text("10.0.0.0/024")), text("10.0.0.0/24"));
    EXPECT_EQ(validate(key, text("0.0.0.0/0.0.0.0")), text("0.0.0.0/0"));
    for (const char* bad : {"010.0.0.0/24", "10.0.0.0/255.0.255.0", "10.0.0.0 /24", "fe80::/64", "10.0.0.0/24/24"})
        EXPECT_NE(refusal("otgnet/iface/net", text(bad)), "accepted") << bad;
}

TEST(Schema, MacsAreReadFromTheirText) {
    const Key& key = *findKey("otg/devices/ethernet/host_mac");
    Value number = of(std::int64_t{9783981296});
    number.raw = "12:34:56:12:34:56";
    EXPECT_EQ(validate(key, number), text("12:34:56:12:34:56"));
    EXPECT_EQ(validate(key, text(" 48:6F:73:74:50:43 ")), text("48:6f:73:74:50:43"));
    EXPECT_EQ(validate(key, of(std::monostate{})), text(""));
    EXPECT_EQ(validate(key, of(false)), text(""));
    for (const char* bad : {"48:6f:73:74:50:43:00", "48:6f:73:74:50:43x", "  ", "00:00:00:00:00:00", "random"})
        EXPECT_NE(refusal("otg/devices/ethernet/host_mac", text(bad)), "accepted") << bad;
    EXPECT_NE(refusal("otg/devices/ethernet/host_mac", text("01:00:5e:00:00:01")).find("multicast"), std::string::npos);
}

TEST(Schema, ListsMayBeOneText) {
    const Key& ports = *findKey("otgnet/firewall/allow_tcp");
    EXPECT_EQ(validate(ports, text("80, 443\t22")),
              of(Value::List{of(std::int64_t{80}), of(std::int64_t{443}), of(std::int64_t{22})}));
    EXPECT_EQ(validate(ports, text("")), of(Value::List{}));
    const Key& options = *findKey("otgnet/commands/post_start_cmd_append");
    EXPECT_EQ(validate(options, text("--a b,\tc, ,d")), of(Value::List{text("--a b"), text("c"), text(""), text("d")}));
    EXPECT_EQ(validate(options, of(Value::List{of(true), of(1.5)})), of(Value::List{text("True"), text("1.5")}));
}

TEST(Schema, NumbersHaveASizeLimitAsWritten) {
    EXPECT_EQ(refusal("otg/vendor_id", text("0000000000000001")), "accepted");
    EXPECT_NE(refusal("otg/vendor_id", text("00000000000000001")), "accepted");
    EXPECT_EQ(refusal("otgnet/firewall/allow_icmp", text("            true")), "accepted");
    EXPECT_NE(refusal("otgnet/firewall/allow_icmp", text("             true")), "accepted");
}

TEST(Schema, OwnKeysKeepKvmdsManners) {
    const auto valid = [](const char* key, const Value& value) { return python::str(validate(*findKey(key), value)); };
    EXPECT_EQ(valid("otgnet/link/backend", text(" NetworkManager ")), "networkmanager");
    EXPECT_EQ(valid("otgnet/link/suspend_detach", of(std::int64_t{0})), "off");
    EXPECT_EQ(valid("otgnet/link/suspend_detach", text("2m")), "120s");
    EXPECT_EQ(valid("otgnet/dhcp/dns", text("1.1.1.1, 1.0.0.1")), "['1.1.1.1', '1.0.0.1']");
    EXPECT_EQ(valid("otgnet/dhcp/dns", text("auto")), "['auto']");
    EXPECT_EQ(valid("otgnet/dhcp/router", text("yes")), "True");
    EXPECT_EQ(valid("otgnet/dhcp/lease_time", text("12h")), "12h");
    const Value base60{std::int64_t{720}, {}, "12:00"};
    EXPECT_NE(refusal("otgnet/dhcp/lease_time", base60), "accepted");
    EXPECT_EQ(valid("otgnet/dhcp/domain", Value{1.1, {}, "1.10"}), "1.10");
    EXPECT_EQ(valid("otgnet/link/suspend_detach", Value{false, {}, "off"}), "off");
    const Value host = of(Value::Map{{"mac", text("02:00:00:00:00:01")}, {"address", text("10.0.0.5")}});
    EXPECT_EQ(valid("otgnet/dhcp/hosts", of(Value::List{host})),
              "[{'address': '10.0.0.5', 'mac': '02:00:00:00:00:01', 'name': ''}]");
    EXPECT_NE(refusal("otgnet/dhcp/hosts", of(Value::List{host, host})), "accepted");
    for (const auto& [name, expected] : {std::pair{Value{std::int64_t{8}, {}, "010"}, "010"},
                                         {Value{std::int64_t{0}, {}, "0"}, "0"},
                                         {of({}), ""},
                                         {text(""), ""}}) {
        Value named = host;
        std::get<Value::Map>(named.data)["name"] = name;
        EXPECT_THAT(valid("otgnet/dhcp/hosts", of(Value::List{named})),
                    testing::HasSubstr("'name': '" + std::string(expected) + "'"));
    }
    const Value typo = of(Value::Map{{"mac", text("02:00:00:00:00:01")}, {"adress", text("10.0.0.5")}});
    EXPECT_NE(refusal("otgnet/dhcp/hosts", of(Value::List{typo})), "accepted");
    for (const char* bad : {"0s", "366d", "soon", "-1", "12 h"})
        EXPECT_NE(refusal("otgnet/dhcp/lease_time", text(bad)), "accepted") << bad;
    for (const char* bad : {"a b", "-x", "x..y", "x\n[Network]"})
        EXPECT_NE(refusal("otgnet/dhcp/domain", text(bad)), "accepted") << bad;
}

} // namespace
} // namespace otgnet
