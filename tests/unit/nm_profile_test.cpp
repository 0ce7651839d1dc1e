// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/profile.hpp"

#include "unit/nm_plan.hpp"

#include <NetworkManager.h>
#include <gmock/gmock.h>

namespace otgnet::nm {
namespace {

std::string printed(GVariant* settings, const char* name) {
    const Variant setting(g_variant_lookup_value(settings, name, nullptr));
    const std::unique_ptr<char, decltype(&g_free)> text(g_variant_print(setting.get(), FALSE), g_free);
    return text.get();
}

Variant parse(const char* text) {
    GError* error = nullptr;
    GVariant* variant = g_variant_parse(G_VARIANT_TYPE("a{sa{sv}}"), text, nullptr, nullptr, &error);
    EXPECT_EQ(error, nullptr) << (error == nullptr ? "" : error->message);
    return Variant(variant);
}

TEST(NmProfile, SharesItsAddress) {
    EXPECT_EQ(printed(makeProfile(samplePlan(), {}).get(), "ipv4"),
              "{'method': <'shared'>, 'address-data': <[{'address': <'10.55.0.1'>, 'prefix': <uint32 24>}]>, "
              "'dad-timeout': <0>}");
}

TEST(NmProfile, HoldsThePoolWhereThatIsKnown) {
    EXPECT_EQ(printed(makeProfile(samplePlan(), {.dhcpKeys = true}).get(), "ipv4"),
              "{'method': <'shared'>, 'address-data': <[{'address': <'10.55.0.1'>, 'prefix': <uint32 24>}]>, "
              "'dad-timeout': <0>, 'shared-dhcp-range': <'10.55.0.10,10.55.0.20'>, 'shared-dhcp-lease-time': <86400>}");
}

TEST(NmProfile, HasTheAddressAloneWithoutDhcp) {
    LinkPlan bare = samplePlan();
    bare.dhcp.reset();
    EXPECT_EQ(printed(makeProfile(bare, {.dhcpKeys = true}).get(), "ipv4"),
              "{'method': <'manual'>, 'address-data': <[{'address': <'10.55.0.1'>, 'prefix': <uint32 24>}]>, "
              "'dad-timeout': <0>, 'never-default': <true>}");
}

TEST(NmProfile, LeavesNothingToGlobalDefaults) {
    const Variant profile = makeProfile(samplePlan(), {});
    EXPECT_EQ(printed(profile.get(), "802-3-ethernet"), "{'assigned-mac-address': <'preserve'>, 'mtu': <uint32 1500>}");
    EXPECT_THAT(printed(profile.get(), "connection"), ::testing::HasSubstr("'zone': <'trusted'>"));
}

TEST(NmProfile, TellsWhatDnsmasqIsTold) {
    EXPECT_EQ(printed(makeProfile(samplePlan(), {.dnsmasqFingerprint = "17"}).get(), "user"),
              "{'data': <{'org.pikvm.otgnet.dnsmasq': '17'}>}");
}

/// libnm takes it for a connection, to the last key.
TEST(NmProfile, IsAConnection) {
    GError* error = nullptr;
    const Ref<NMConnection> connection(
        nm_simple_connection_new_from_dbus(makeProfile(samplePlan(), {.dnsmasqFingerprint = "17"}).get(), &error));
    ASSERT_TRUE(connection) << error->message;
    EXPECT_TRUE(nm_connection_verify(connection.get(), &error)) << error->message;
    EXPECT_STREQ(nm_connection_get_uuid(connection.get()), profileUuid);
    EXPECT_STREQ(nm_connection_get_interface_name(connection.get()), "usb0");
}

TEST(NmProfile, HoldsWhatIsWanted) {
    const Variant standing = parse("{'a': {'x': <1>, 'y': <'more'>}, 'b': {}, 'c': {'z': <2>}}");
    EXPECT_TRUE(profileHolds(standing.get(), parse("{'a': {'x': <1>}}").get()));
    EXPECT_TRUE(profileHolds(standing.get(), parse("{'a': {'x': <1>}, 'c': {'z': <2>}}").get()));
    EXPECT_FALSE(profileHolds(standing.get(), parse("{'a': {'x': <2>}}").get()));
    EXPECT_FALSE(profileHolds(standing.get(), parse("{'a': {'x': <'1'>}}").get()));
    EXPECT_FALSE(profileHolds(standing.get(), parse("{'a': {'w': <1>}}").get()));
    EXPECT_FALSE(profileHolds(standing.get(), parse("{'d': {'x': <1>}}").get()));
}

} // namespace
} // namespace otgnet::nm
