// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/nearest_name.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

TEST(NearestName, OfATypingMistake) {
    EXPECT_EQ(nearestName("otgnet/firewal"), "otgnet/firewall");
    EXPECT_EQ(nearestName("otgnet/firewall/allow_tpc"), "otgnet/firewall/allow_tcp");
    EXPECT_EQ(nearestName("otgnet/Firewall/Allow_TCP"), "otgnet/firewall/allow_tcp");
    EXPECT_EQ(nearestName("otgnett"), "otgnet");
}

TEST(NearestName, InAnotherSection) {
    EXPECT_EQ(nearestName("otg/ethernet"), "otg/devices/ethernet");
    EXPECT_EQ(nearestName("otgnet/net"), "otgnet/iface/net");
    EXPECT_EQ(nearestName("otgnet/allow_tcp"), "otgnet/firewall/allow_tcp");
    EXPECT_EQ(nearestName("otgnet/ethernet/driver"), "otg/devices/ethernet/driver");
    EXPECT_EQ(nearestName("otg/iface"), "otgnet/iface");
    EXPECT_EQ(nearestName("otg/enabled"), "otg/devices/ethernet/enabled") << "kvmd's functions have such a key, too";
    EXPECT_EQ(nearestName("iface"), "otgnet/iface");
}

TEST(NearestName, InAnotherSectionAndMistyped) {
    EXPECT_EQ(nearestName("otgnet/allow_tpc"), "otgnet/firewall/allow_tcp");
    EXPECT_EQ(nearestName("otgnet/ifcae/nett"), "otgnet/iface/net");
    EXPECT_EQ(nearestName("otg/ethernt"), "otg/devices/ethernet");
}

TEST(NearestName, OfSomethingElseIsNone) {
    EXPECT_EQ(nearestName("otg/devices/ethernet/mac"), std::nullopt);
    EXPECT_EQ(nearestName("otgnet/iface/foo"), std::nullopt);
    EXPECT_EQ(nearestName(std::string(1'000'000, 'x')), std::nullopt);
    for (const char* section : {"vnc", "ipmi", "janus", "watchdog", "oled", "pst", "nginx", "logging", "swctl", "auth"})
        EXPECT_EQ(nearestName(section), std::nullopt) << section;
}

TEST(NearestName, TheTextSaysWhatIsWrong) {
    EXPECT_EQ(unknownKeyText("otgnet/net"), "unknown key; did you mean otgnet/iface/net?");
    EXPECT_EQ(unknownKeyText("otgnet/iface/foo"), "unknown key");
    EXPECT_EQ(unknownKeyText("otgnet/iface"), "a section, not a key");
    EXPECT_EQ(unknownKeyText("otgnet/iface/net"), "unknown key; in a file each part of it is a section of its own");
}

} // namespace
} // namespace otgnet
