// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/lease_file.hpp"

#include <gmock/gmock.h>

namespace otgnet::nm {
namespace {

constexpr std::uint64_t second = 1'000'000;
/// 100 s after boot it is 1000 s after the epoch.
constexpr LeaseClock now{100 * second, 900 * second};
const Cidr4 network = *Cidr4::parse("10.55.0.0/24");
const MacAddress mac = *MacAddress::parse("48:6f:73:74:50:43");

std::vector<Lease> parse(std::string_view text) {
    return parseLeaseFile(text, network, now);
}

Lease lease(const char* address, const char* name, BootUsec expires) {
    return {*Ipv4::parse(address), mac, name, expires};
}

TEST(NmLeaseFile, HoldsLeases) {
    EXPECT_EQ(parse("1060 48:6f:73:74:50:43 10.55.0.9 target 01:48:6f:73:74:50:43\n"
                    "0 48:6f:73:74:50:43 10.55.0.8 * *\n"),
              (std::vector{lease("10.55.0.8", "", never), lease("10.55.0.9", "target", 160 * second)}));
}

TEST(NmLeaseFile, ForgetsWhatHasExpired) {
    EXPECT_EQ(parse("1000 48:6f:73:74:50:43 10.55.0.8 a *\n"
                    "999 48:6f:73:74:50:43 10.55.0.9 a *\n"
                    "1001 48:6f:73:74:50:43 10.55.0.10 a *\n"),
              std::vector{lease("10.55.0.10", "a", 101 * second)});
}

TEST(NmLeaseFile, PassesOverOldLinesUntilTheyChange) {
    const OldLines old = oldLines("1060 48:6f:73:74:50:43 10.55.0.8 a *\n"
                                  "1060 48:6f:73:74:50:43 10.55.0.9 a *\n"
                                  "0 48:6f:73:74:50:43 10.55.0.10 a *\n"
                                  "1060 48:6f:73:74:50:43 10.55.0.11 cut");
    EXPECT_EQ(parseLeaseFile("1060 48:6f:73:74:50:43 10.55.0.8 a *\n"
                             "1061 48:6f:73:74:50:43 10.55.0.9 a *\n"
                             "0 48:6f:73:74:50:43 10.55.0.10 a *\n"
                             "1060 48:6f:73:74:50:43 10.55.0.11 cut\n",
                             network, now, old),
              (std::vector{lease("10.55.0.9", "a", 161 * second), lease("10.55.0.10", "a", never)}));
}

/// A file that was written before the clock was set: the machine has been up for longer than the epoch is old.
TEST(NmLeaseFile, TakesAClockThatIsBehind) {
    const LeaseClock unset{100 * second, std::uint64_t{0} - 40 * second};
    EXPECT_EQ(parseLeaseFile("70 48:6f:73:74:50:43 10.55.0.8 a *\n", network, unset),
              std::vector{lease("10.55.0.8", "a", 110 * second)});
}

TEST(NmLeaseFile, LastLineOfAnAddressCounts) {
    EXPECT_EQ(parse("1060 48:6f:73:74:50:43 10.55.0.9 first *\n1061 48:6f:73:74:50:43 10.55.0.9 second *\n"),
              std::vector{lease("10.55.0.9", "second", 161 * second)});
}

TEST(NmLeaseFile, PassesOverWhatIsNoLease) {
    const std::string_view damaged = "duid 00:01:00:01:2a\n"
                                     "1060 48:6f:73:74:50 10.55.0.9 a *\n"
                                     "1060 06-48:6f:73:74:50:43 10.55.0.9 a *\n"
                                     "1060 48:6f:73:74:50:43 192.168.0.9 other-network *\n"
                                     "1060 48:6f:73:74:50:43 10.55.0.900 a *\n"
                                     "-1 48:6f:73:74:50:43 10.55.0.9 a *\n"
                                     "99999999999999999999 48:6f:73:74:50:43 10.55.0.9 a *\n"
                                     "18446744073709551615 48:6f:73:74:50:43 10.55.0.9 a *\n"
                                     "1060 48:6f:73:74:50:43 10.55.0.9 a\n"
                                     "1060 48:6f:73:74:50:43 10.55.0.9  *\n"
                                     "1060 48:6f:73:74:50:43 10.55.0.9 a * more\n"
                                     "1060 48:6f:73:74:50:43 10.55.0.9 half";
    EXPECT_EQ(parse(damaged), std::vector<Lease>());
    EXPECT_EQ(parse(std::string_view("\0\n\n \n\xff\xff\n", 8)), std::vector<Lease>());
}

TEST(NmLeaseFile, CleansTheName) {
    EXPECT_EQ(parse("1060 48:6f:73:74:50:43 10.55.0.9 a\x1b[2J *\n"),
              std::vector{lease("10.55.0.9", "", 160 * second)});
}

TEST(NmLeaseFile, EndsWhereDnsmasqWould) {
    const Cidr4 large = *Cidr4::parse("10.0.0.0/8");
    std::string text;
    for (std::uint32_t i = 1; i < 5000; ++i)
        text += "0 48:6f:73:74:50:43 " + Ipv4{large.network.value + i}.text() + " * *\n";
    EXPECT_EQ(parseLeaseFile(text, large, now).size(), 1000U);
}

TEST(NmLeaseFile, IsWholeWithItsLastNewline) {
    EXPECT_TRUE(isWholeLeaseFile("1060 48:6f:73:74:50:43 10.55.0.9 a *\n"));
    EXPECT_FALSE(isWholeLeaseFile("1060 48:6f:73:74:50:43 10.55.0.9 a"));
    EXPECT_FALSE(isWholeLeaseFile(""));
}

} // namespace
} // namespace otgnet::nm
