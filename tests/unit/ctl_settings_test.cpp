// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/settings.hpp"

#include "base/error.hpp"
#include "core/config.hpp"
#include "core/schema.hpp"

#include <gtest/gtest.h>

namespace otgnet::ctl {
namespace {

TEST(Assignment, SplitsAtTheFirstEqualsSign) {
    EXPECT_EQ(splitAssignment("a/b=c=d"), (std::pair<std::string, std::string>{"a/b", "c=d"}));
    EXPECT_EQ(splitAssignment("a="), (std::pair<std::string, std::string>{"a", ""}));
    EXPECT_THROW(splitAssignment("a"), UsageError);
    EXPECT_THROW(splitAssignment("=a"), UsageError);
}

struct Case {
    const char* text;
    Json current;
    Json meant;
};

TEST(Value, FollowsTheTypeInForce) {
    const std::vector<Case> cases{
        {"true", false, true},
        {"no", true, false},
        {"maybe", true, "maybe"}, // the service says why not
        {"9", 7, 9},
        {"0x1d6b", 7, "0x1d6b"},
        {"3.5", 3.0, 3.5},
        {"ncm", "ecm", "ncm"},
        {"80", "ecm", "80"},
        {"true", "ecm", "true"},
        {"null", "CAFEBABE", nullptr},
        {"\"null\"", "CAFEBABE", "null"},
        {"", "x", ""},
        {"80, 443", Json::array(), {80, 443}},
        {"80,,443,", {22}, {80, 443}},
        {"", {22}, Json::array()},
        {"[]", {22}, Json::array()},
        {"[80, 443]", {22}, {80, 443}},
        {"[eth0, 5]", {"a"}, {"eth0", "5"}},
        {"1.1.1.1,8.8.8.8", Json::array(), {"1.1.1.1", "8.8.8.8"}},
        {"5,6", {"x"}, {"5", "6"}},
        {R"(["--dhcp-option=6,8.8.8.8"])", Json::array(), {"--dhcp-option=6,8.8.8.8"}},
        {R"([{"mac": "02:00:00:00:00:01"}])", Json::array(), {{{"mac", "02:00:00:00:00:01"}}}},
        {"[broken", {1}, "[broken"},
        {"99999999999999999999", 1, "99999999999999999999"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(valueFrom(c.text, c.current), c.meant) << c.text << " for " << c.current;
}

TEST(Value, IsShownAsItCanBeTyped) {
    const std::vector<Json> values{true,
                                   -1,
                                   3.5,
                                   nullptr,
                                   "",
                                   "null",
                                   "[x]",
                                   " padded ",
                                   "172.30.30.0/24",
                                   Json::array(),
                                   {80, 443},
                                   {"1.1.1.1", "8.8.8.8"},
                                   {"--dhcp-option=6,8.8.8.8"},
                                   {{{"to", "10.0.0.0/8"}, {"via", "172.30.30.9"}}}};
    for (const auto& value : values)
        EXPECT_EQ(valueFrom(valueText(value), value), value) << valueText(value);
    EXPECT_EQ(valueText({80, 443}), "80,443");
    EXPECT_EQ(valueText("ncm"), "ncm");
}

const Json settings{{"otg/udc", ""}, {"otgnet/firewall/allow_icmp", true}, {"otgnet/firewall/allow_tcp", {80}}};

TEST(Keys, AreSelectedByNameAndBySection) {
    EXPECT_EQ(selectKeys(settings, {}).size(), 3U);
    EXPECT_EQ(selectKeys(settings, {"otgnet/firewall"}),
              (std::vector<std::string>{"otgnet/firewall/allow_icmp", "otgnet/firewall/allow_tcp"}));
    EXPECT_EQ(selectKeys(settings, {"otgnet/"}), selectKeys(settings, {"otgnet/firewall", "otgnet"}));
    EXPECT_EQ(selectKeys(settings, {"otg/udc"}), std::vector<std::string>{"otg/udc"});
}

TEST(Keys, UnknownOnesAreNamed) {
    EXPECT_THROW(selectKeys(settings, {"otgnet/fire"}), Error);
    EXPECT_THROW(selectKeys(settings, {"otg", "nothing"}), Error);
    EXPECT_THROW(selectKeys(settings, {"/"}), Error);
}

TEST(Keys, SectionsBecomeTheirKeys) {
    EXPECT_EQ(
        withoutSections(settings, {"otgnet/firewall/", "otg/udc", "nothing"}),
        (std::vector<std::string>{"otgnet/firewall/allow_icmp", "otgnet/firewall/allow_tcp", "otg/udc", "nothing"}));
    EXPECT_EQ(withoutSections(Json::object(), {"otg"}), std::vector<std::string>{"otg"});
}

} // namespace
} // namespace otgnet::ctl
