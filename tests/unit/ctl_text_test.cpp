// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace otgnet::ctl {
namespace {

constexpr std::uint64_t second = 1'000'000;

TEST(Duration, NamesTheTwoLargestUnits) {
    EXPECT_EQ(durationText(0), "1 s");
    EXPECT_EQ(durationText(59 * second), "59 s");
    EXPECT_EQ(durationText(240 * second), "4 min");
    EXPECT_EQ(durationText(86100 * second), "23 h 55 min");
    EXPECT_EQ(durationText(86403 * second), "1 d");
    EXPECT_EQ(durationText((3 * 86400 + 7200 + 65) * second), "3 d 2 h");
}

TEST(Expiry, CountsFromNow) {
    EXPECT_EQ(expiryText(100 * second, 40 * second), "1 min left");
    EXPECT_EQ(expiryText(40 * second, 40 * second), "expired");
    EXPECT_EQ(expiryText(std::numeric_limits<std::uint64_t>::max(), 40 * second), "for ever");
}

TEST(Columns, AlignAndLeaveTheLastRagged) {
    EXPECT_EQ(columns({{"A", "LONG"}, {"büro", "x"}, {"only"}}), "A     LONG\nbüro  x\nonly\n");
    EXPECT_EQ(columns({}), "");
    const std::string command(41, 'x');
    EXPECT_EQ(columns({{"A", command, "1"}, {"A", "b", "2"}}), "A  " + command + "  1\nA  b  2\n")
        << "pushes only its row";
}

} // namespace
} // namespace otgnet::ctl
