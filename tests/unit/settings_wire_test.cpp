// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/settings_wire.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace otgnet {
namespace {

using sdbus::Variant;
using ::testing::HasSubstr;

Value::Data integers(std::initializer_list<std::int64_t> numbers) {
    Value::List list;
    for (const auto number : numbers)
        list.push_back({number, {}, ""});
    return list;
}

Value fromWire(const Variant& variant) {
    return settingsFromWire({{"otgnet/x", variant}}).at("otgnet/x");
}

std::string refusal(const WireSettings& wire) {
    try {
        settingsFromWire(wire);
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::InvalidConfig);
        return e.what();
    }
    return "taken";
}

std::string typeOnWire(const Value::Data& data) {
    return settingsToWire({{"otgnet/x", {data, {}, ""}}}).at("otgnet/x").peekValueType();
}

TEST(SettingsWire, TakesEveryScalar) {
    EXPECT_EQ(fromWire(Variant{true}).data, Value::Data{true});
    EXPECT_EQ(fromWire(Variant{std::uint8_t{255}}).data, Value::Data{std::int64_t{255}});
    EXPECT_EQ(fromWire(Variant{std::int16_t{-7}}).data, Value::Data{std::int64_t{-7}});
    EXPECT_EQ(fromWire(Variant{std::uint16_t{65535}}).data, Value::Data{std::int64_t{65535}});
    EXPECT_EQ(fromWire(Variant{std::int32_t{-1}}).data, Value::Data{std::int64_t{-1}});
    EXPECT_EQ(fromWire(Variant{std::uint32_t{4294967295}}).data, Value::Data{std::int64_t{4294967295}});
    EXPECT_EQ(fromWire(Variant{std::int64_t{-5}}).data, Value::Data{std::int64_t{-5}});
    EXPECT_EQ(fromWire(Variant{std::uint64_t{5}}).data, Value::Data{std::int64_t{5}});
    EXPECT_EQ(fromWire(Variant{2.5}).data, Value::Data{2.5});
    EXPECT_EQ(fromWire(Variant{std::string{"ncm"}}).data, Value::Data{std::string{"ncm"}});
    EXPECT_EQ(fromWire(Variant{Variant{std::int32_t{3}}}).data, Value::Data{std::int64_t{3}});
}

TEST(SettingsWire, KeepsTheTextAndThePlace) {
    EXPECT_EQ(fromWire(Variant{std::string{"42:61:64:55:53:42"}}).raw, "42:61:64:55:53:42");
    EXPECT_EQ(fromWire(Variant{std::int32_t{-3}}).raw, "-3");
    EXPECT_EQ(fromWire(Variant{false}).raw, "false");
    EXPECT_EQ(fromWire(Variant{0.5}).raw, "0.5");
    EXPECT_EQ(fromWire(Variant{false}).place, Place{"runtime"});
    EXPECT_EQ(fromWire(Variant{std::vector<std::string>{"a"}}).place, Place{"runtime"});
}

TEST(SettingsWire, TakesPortsInEveryIntegerType) {
    const Value::Data ports = integers({22, 80});
    EXPECT_EQ(fromWire(Variant{std::vector<std::uint8_t>{22, 80}}).data, ports);
    EXPECT_EQ(fromWire(Variant{std::vector<std::int16_t>{22, 80}}).data, ports);
    EXPECT_EQ(fromWire(Variant{std::vector<std::uint16_t>{22, 80}}).data, ports);
    EXPECT_EQ(fromWire(Variant{std::vector<std::int32_t>{22, 80}}).data, ports);
    EXPECT_EQ(fromWire(Variant{std::vector<std::uint32_t>{22, 80}}).data, ports);
    EXPECT_EQ(fromWire(Variant{std::vector<std::int64_t>{22, 80}}).data, ports);
    EXPECT_EQ(fromWire(Variant{std::vector<std::uint64_t>{22, 80}}).data, ports);
    EXPECT_EQ(fromWire(Variant{std::vector<Variant>{Variant{std::int32_t{22}}, Variant{std::uint16_t{80}}}}).data,
              ports);
    EXPECT_EQ(fromWire(Variant{std::vector<std::uint16_t>{}}).data, Value::Data{Value::List{}});
}

TEST(SettingsWire, WhatIsGivenIsTaken) {
    const auto text = [](const char* t) { return Value{std::string{t}, {}, t}; };
    const Value::Map host{{"mac", text("48:6f:73:74:50:43")}, {"address", text("172.30.30.9")}};
    const Settings settings{
        {"otg/config", {}},
        {"otg/remote_wakeup", {true, {}, ""}},
        {"otg/max_power", {std::int64_t{250}, {}, ""}},
        {"otg/init_delay", {3.0, {}, ""}},
        {"otg/devices/ethernet/driver", text("ecm")},
        {"otgnet/firewall/allow_tcp", {integers({22, 65535}), {}, ""}},
        {"otgnet/commands/pre_start_cmd", {Value::List{text("/bin/true"), text("pre-start")}, {}, ""}},
        {"otgnet/dhcp/dns", {Value::List{}, {}, ""}},
        {"otgnet/dhcp/hosts", {Value::List{{host, {}, ""}}, {}, ""}},
        {"otgnet/mixed", {Value::List{text("a"), {std::int64_t{-1}, {}, ""}}, {}, ""}},
    };
    EXPECT_EQ(settingsFromWire(settingsToWire(settings)), settings);
}

TEST(SettingsWire, GivesTheDeclaredTypes) {
    EXPECT_EQ(typeOnWire({}), "av");
    EXPECT_EQ(typeOnWire(true), "b");
    EXPECT_EQ(typeOnWire(std::int64_t{1}), "x");
    EXPECT_EQ(typeOnWire(3.0), "d");
    EXPECT_EQ(typeOnWire(std::string{}), "s");
    EXPECT_EQ(typeOnWire(integers({0, 65535})), "aq");
    EXPECT_EQ(typeOnWire(integers({65536})), "av");
    EXPECT_EQ(typeOnWire(Value::List{{std::string{"a"}, {}, ""}}), "as");
    EXPECT_EQ(typeOnWire(Value::List{{Value::Map{}, {}, ""}}), "aa{sv}");
}

TEST(SettingsWire, AnEmptyListHasTheTypeOfItsKey) {
    const auto typeOf = [](const char* key) {
        return std::string(settingsToWire({{key, {Value::List{}, {}, ""}}}).at(key).peekValueType());
    };
    EXPECT_EQ(typeOf("otgnet/firewall/allow_tcp"), "aq");
    EXPECT_EQ(typeOf("otgnet/firewall/allow_udp"), "aq");
    EXPECT_EQ(typeOf("otgnet/dhcp/hosts"), "aa{sv}");
    EXPECT_EQ(typeOf("otgnet/dhcp/routes"), "aa{sv}");
    EXPECT_EQ(typeOf("otgnet/dhcp/dns"), "as");
    EXPECT_EQ(typeOf("otgnet/commands/pre_start_cmd_append"), "as");
}

TEST(SettingsWire, TextsForTheBusArePrintable) {
    const auto wire = settingsToWire({{"otg/product", {std::string{"\xFF\x1B"}, {}, ""}}});
    EXPECT_EQ(wire.at("otg/product").get<std::string>(), "\uFFFD\uFFFD");
}

TEST(SettingsWire, RefusesTypesWithoutMeaning) {
    EXPECT_THAT(refusal({{"otgnet/x", Variant{sdbus::ObjectPath{"/a"}}}}),
                HasSubstr("otgnet/x: a value of the D-Bus type 'o'"));
    EXPECT_THAT(refusal({{"otgnet/x", Variant{sdbus::Struct<std::string, std::string>{"a", "b"}}}}),
                HasSubstr("'(ss)'"));
    EXPECT_THAT(refusal({{"otgnet/x", Variant{std::map<std::string, std::string>{}}}}), HasSubstr("'a{ss}'"));
    EXPECT_THAT(refusal({{"otgnet/x", Variant{std::vector<std::vector<std::string>>{}}}}), HasSubstr("'aas'"));
}

TEST(SettingsWire, RefusesIntegersThatAreTooLarge) {
    EXPECT_THAT(refusal({{"otgnet/x", Variant{std::numeric_limits<std::uint64_t>::max()}}}), HasSubstr("otgnet/x: "));
}

TEST(SettingsWire, RefusesWhatIsNestedTooDeep) {
    Variant nested{std::int32_t{1}};
    for (unsigned depth = 1; depth < maxWireDepth; ++depth)
        nested = Variant{std::vector<Variant>{nested}};
    EXPECT_EQ(refusal({{"otgnet/x", nested}}), "taken");
    EXPECT_THAT(refusal({{"otgnet/x", Variant{std::vector<Variant>{nested}}}}), HasSubstr("too deep"));
}

TEST(SettingsWire, RefusesKeysThatCannotBeShown) {
    for (const char* key : {"", "otgnet/x y", "otgnet/\x1B", "otgnet/ä", "otgnet/$(keys)", "otgnet/x\n"})
        EXPECT_THAT(refusal({{key, Variant{true}}}), HasSubstr("is no key")) << key;
    EXPECT_THAT(refusal({{std::string(129, 'a'), Variant{true}}}), HasSubstr("is no key"));
    EXPECT_THAT(refusal({{"otgnet/dhcp/hosts", Variant{WireSettings{{"a b", Variant{true}}}}}}),
                HasSubstr("is no key"));
    EXPECT_THROW(checkKeys({"otgnet/x", "a b"}), Error);
    EXPECT_NO_THROW(checkKeys({"otg/devices/ethernet/driver", "otgnet/commands/pre_start_cmd_append"}));
}

} // namespace
} // namespace otgnet
