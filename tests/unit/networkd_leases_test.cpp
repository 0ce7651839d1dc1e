// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/networkd_leases.hpp"

#include <gmock/gmock.h>

namespace otgnet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr BootUsec now = 1'000'000;

BusLease busLease(Bytes address = {10, 55, 0, 13}, Bytes mac = {2, 0, 0, 0, 0, 1}, std::uint64_t expires = now + 1,
                  std::uint32_t family = 2) {
    return BusLease{
        std::make_tuple(family, Bytes{1, 2}, std::move(address), Bytes{0, 0, 0, 0}, std::move(mac), expires)};
}

TEST(NetworkdLeases, BothLengthsOfTheHardwareAddress) {
    Bytes padded{2, 0, 0, 0, 0, 1};
    padded.resize(16);
    const Lease lease{{0x0a37000d}, {{2, 0, 0, 0, 0, 1}}, "", now + 1};
    EXPECT_THAT(leasesFromBus({busLease(), busLease({10, 55, 0, 13}, padded)}, now), ElementsAre(lease, lease));
}

TEST(NetworkdLeases, LeavesOutWhatIsNoLease) {
    EXPECT_THAT(leasesFromBus({busLease({10, 55, 0}), busLease({10, 55, 0, 1}, {1, 2, 3}),
                               busLease({10, 55, 0, 1}, {2, 0, 0, 0, 0, 1}, now + 1, 10)},
                              now),
                IsEmpty());
}

/// networkd keeps them until the next packet of anybody.
TEST(NetworkdLeases, LeavesOutWhatHasExpired) {
    EXPECT_THAT(leasesFromBus({busLease({10, 55, 0, 1}, {2, 0, 0, 0, 0, 1}, now)}, now), IsEmpty());
}

TEST(NetworkdLeases, AreBounded) {
    EXPECT_EQ(leasesFromBus(std::vector<BusLease>(maxLeases + 1, busLease()), now).size(), maxLeases);
}

TEST(LinkDescription, OfNetworkd257) {
    const LinkDescription description = describeLink(
        R"({"Index":2,"AdministrativeState":"configured","NetworkFile":"/run/x.network","DHCPServer":{"Leases":[
        {"ClientId":[1,2],"Address":[10,55,0,13],"Hostname":"testpc","HardwareAddress":[2,0,0,0,0,1]},
        {"ClientId":[1,3],"Address":[10,55,0,14],"HardwareAddress":[2,0,0,0,0,2]}]}})");
    const LeaseClient client{*Ipv4::parse("10.55.0.13"), *MacAddress::parse("02:00:00:00:00:01")};
    EXPECT_EQ(description, (LinkDescription{"configured", "/run/x.network", {{client, "testpc"}}}));
}

TEST(LinkDescription, OfNonsenseIsEmpty) {
    for (const char* json :
         {"", "null", "[]", "17", "\"x\"", "{\"NetworkFile\":5}", "{\"DHCPServer\":[1]}",
          "{\"DHCPServer\":{\"Leases\":7}}",
          "{\"DHCPServer\":{\"Leases\":[7,{},{\"Address\":\"x\"},{\"Address\":[1,2,3,-4],\"Hostname\":\"a\"},"
          "{\"Address\":[1,2,3,400],\"Hostname\":\"a\"},{\"Address\":[1,2,3,4],\"Hostname\":\"a\"},"
          "{\"Address\":[1,2,3,4],\"HardwareAddress\":[2,0,0,0,0],\"Hostname\":\"a\"},"
          "{\"Address\":[1,2,3,4],\"HardwareAddress\":[2,0,0,0,0,1],\"Hostname\":\"a\\nb\"}]}}",
          "{\"DHCPServer\""})
        EXPECT_EQ(describeLink(json), LinkDescription{}) << json;
}

TEST(LinkDescription, OfTooMuchIsEmpty) {
    EXPECT_EQ(describeLink("{\"NetworkFile\":\"x\"" + std::string(2 << 20, ' ') + "}"), LinkDescription{});
}

} // namespace
} // namespace otgnet
