// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dhcp_payload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace otgnet {
namespace {

const Ipv4 self = *Ipv4::parse("172.30.30.1");

std::string hex(int number, const std::string& value) {
    std::string text;
    for (const std::uint8_t byte : dhcpPayload(static_cast<std::uint8_t>(number), value, self))
        for (const int digit : {byte >> 4, byte & 15})
            text += "0123456789abcdef"[digit];
    return text;
}

struct Sent {
    int number;
    const char* value;
    const char* bytes;
};

/// Taken from the offers of dnsmasq 2.90, started with --dhcp-option=<number>,<value>.
constexpr Sent sent[]{
    {224, "5", "05"},
    {224, " 5", "05"},
    {224, "05", "05"},
    {224, "255", "ff"},
    {224, "256", "0100"},
    {224, "65536", "00010000"},
    {224, "4294967295", "ffffffff"},
    {224, "-1", "ffffffff"},
    {224, "-300", "fffffed4"},
    {224, "-2147483648", "80000000"},
    {224, "-1b", "ff"},
    {224, "-1s", "ffff"},
    {224, "1b", "01"},
    {224, "1s", "0001"},
    {224, "1i", "00000001"},
    {224, "0x10", "30783130"},
    {224, "\"5\"", "223522"},
    {224, "'5'", "273527"},
    {224, "\"a,b\"", "22612c6222"},
    {224, "a,,b", "612c2c62"},
    {224, "a, b,", "612c20622c"},
    {224, " a b", "612062"},
    {224, "a\\nb", "615c6e62"},
    {224, "5x", "3578"},
    {224, "+5", "2b35"},
    {224, "1e5", "316535"},
    {224, "ff", "6666"},
    {224, "-", "2d"},
    {224, "b", ""},
    {224, "", ""},
    {224, "\u00e9", "c3a9"},
    {224, "01:ff:a", "01ff0a"},
    {224, "fe:80", "fe80"},
    {224, "a:g", "613a67"},
    {224, "*:ff", "2a3a6666"},
    {224, "[::1]", "5b3a3a315d"},
    {224, "1.2.3.4", "01020304"},
    {224, "1.2.3.4,0.0.0.0", "01020304ac1e1e01"},
    {224, "10.0.0.0/8", "080a"},
    {224, "/a/b", "2f612f62"},
    {224, "/1.2.3.4", "2f312e322e332e34"},
    {224, "10.0.0.0/x", "31302e302e302e302f78"},
    {249, "10.0.0.0/8,1.2.3.4,0.0.0.0/0,0.0.0.0", "080a010203040000000000"},
    {249, "10.1.2.3/20,1.2.3.4", "140a010201020304"},
    {249, "10.0.0.0/8, 1.2.3.4/32", "080a2001020304"},
    {249, "08:0a:01:02:03:04", "080a01020304"},
    {121, "10.0.0.0/8,0.0.0.0", "080a00000000"},
    {121, "10.0.0.0/16,1.2.3.4,5.6.7.8", "100a000102030405060708"},
    {44, "1.2.3.4, 0.0.0.0", "01020304ac1e1e01"},
    {44, "10.0.0.0/8", "080a"},
    {44, "", ""},
    {19, "5", "05"},
    {19, "-5", "fb"},
    {19, "5s", "0005"},
    {19, "01:02", "0102"},
    {26, "300", "012c"},
    {26, "-300", "fed4"},
    {26, "5b", "05"},
    {26, "1.2.3.4", "01020304"},
    {2, "-5", "fffffffb"},
    {2, "70000", "00011170"},
    {108, "300", "0000012c"},
    {17, "5", "35"},
    {17, "5b", "35"},
    {17, "01:02", "30313a3032"},
    {17, "1.2.3.4,5.6.7.8", "312e322e332e342c352e362e372e38"},
    {17, "\"a\"", "226122"},
    {119, "a.bc,d", "016102626300016400"},
    {119, " a., b", "016100016200"},
    {119, "5", "013500"},
};

TEST(DhcpPayload, IsWhatDnsmasqSends) {
    for (const Sent& option : sent)
        EXPECT_EQ(hex(option.number, option.value), option.bytes) << option.number << ',' << option.value;
}

TEST(DhcpPayload, WhatDnsmasqRefusesOrGarblesIsRefused) {
    for (const Sent& option : std::initializer_list<Sent>{
             {224, "1.2.3", ""},      {224, "1.5", ""},    {224, "5,6", ""},         {224, "1.2.3.4,", ""},
             {224, "5-6", ""},        {224, "1/2", ""},    {224, "10.0.0.0/33", ""}, {224, "10.0.0.0/", ""},
             {224, "4294967296", ""}, {224, "300b", ""},   {224, "::", ""},          {224, "fff:1", ""},
             {224, "01:", ""},        {26, "70000", ""},   {26, "-32769", ""},       {26, "0x10", ""},
             {26, "a", ""},           {44, "x", ""},       {44, "01:02:03:04", ""},  {44, "1.2.3.4,,1.2.3.5", ""},
             {119, "a..b", ""},       {119, "\u00e9", ""}, {19, "256", ""}})
        EXPECT_THROW(hex(option.number, option.value), Error) << option.number << ',' << option.value;
    EXPECT_THROW(hex(224, std::string(256, 'x')), Error);
}

TEST(DhcpPayload, RoutesThereAndBack) {
    std::vector<ClasslessRoute> routes{{*Cidr4::parse("0.0.0.0/0"), self}};
    for (std::uint8_t prefix = 1; prefix <= 32; ++prefix)
        routes.push_back({Cidr4::of(Ipv4{0xffffffff}, prefix), self});
    EXPECT_EQ(parseRoutePayload(routePayload(routes)), routes);
    EXPECT_EQ(routePayload({{*Cidr4::parse("10.1.0.0/20"), self}}),
              (std::vector<std::uint8_t>{20, 10, 1, 0, 172, 30, 30, 1}));
}

TEST(DhcpPayload, WhatIsNoListOfRoutes) {
    for (const std::vector<std::uint8_t>& payload :
         {std::vector<std::uint8_t>{8}, {8, 10}, {8, 10, 1, 2, 3}, {33, 1, 2, 3, 4, 1, 2, 3, 4}, {0, 1, 2, 3, 4, 0}})
        EXPECT_FALSE(parseRoutePayload(payload));
    EXPECT_EQ(parseRoutePayload({}), std::vector<ClasslessRoute>{});
}

} // namespace
} // namespace otgnet
