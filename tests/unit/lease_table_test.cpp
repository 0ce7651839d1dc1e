// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/lease_table.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

using Event = LeaseTable::Event;
using Events = LeaseTable::Events;

Lease lease(std::uint32_t last, const std::string& host = "pc", BootUsec expires = 1000) {
    return {Ipv4{0xAC1E1E00U + last}, MacAddress{{0x02, 0, 0, 0, 0, static_cast<std::uint8_t>(last)}}, host, expires};
}

Events added(const Lease& l) {
    return {{Event::Kind::added, l}};
}

Events changed(const Lease& l) {
    return {{Event::Kind::changed, l}};
}

Events removed(const Lease& l, LeaseRemoval reason) {
    return {{Event::Kind::removed, l, reason}};
}

TEST(LeaseTable, ToldOnceHoweverOftenReported) {
    LeaseTable table;
    EXPECT_EQ(table.update({{lease(2)}, true}, 1), added(lease(2)));
    EXPECT_EQ(table.update({{lease(2)}, false}, 2), Events{});
    EXPECT_EQ(table.update({{lease(2)}, true}, 3), Events{});
}

TEST(LeaseTable, RenewalIsAChange) {
    LeaseTable table;
    table.update({{lease(2)}, true}, 1);
    EXPECT_EQ(table.update({{lease(2, "pc", 2000)}}, 2), changed(lease(2, "pc", 2000)));
}

/// dnsmasq counts by the real-time clock: what holds on has only another distance to its end.
TEST(LeaseTable, AClockThatWasSetIsNoRenewalAndNoRelease) {
    LeaseTable table;
    table.update({{lease(2), lease(3)}, true}, 1);
    EXPECT_EQ(table.update({{lease(3, "pc", 500)}, false, true}, 2), removed(lease(2), LeaseRemoval::expired));
    EXPECT_EQ(table.deadline(), 500U);
    EXPECT_EQ(table.update({{lease(3, "pc", 500)}}, 3), Events{});
}

TEST(LeaseTable, MissingIsReleased) {
    LeaseTable table;
    table.update({{lease(2), lease(3)}, true}, 1);
    EXPECT_EQ(table.update({{lease(3)}}, 2), removed(lease(2), LeaseRemoval::released));
}

TEST(LeaseTable, ForgottenByARestartedManagerIsKeptUntilItExpires) {
    LeaseTable table;
    table.update({{lease(2)}, true}, 1);
    EXPECT_EQ(table.update({{}, true}, 2), Events{});
    EXPECT_EQ(table.update({{lease(3)}}, 3), added(lease(3)));
    EXPECT_EQ(table.deadline(), 1000U);
    EXPECT_EQ(table.expire(1000), (Events{{Event::Kind::removed, lease(2), LeaseRemoval::expired},
                                          {Event::Kind::removed, lease(3), LeaseRemoval::expired}}));
    EXPECT_TRUE(table.empty());
    EXPECT_EQ(table.deadline(), never);
}

TEST(LeaseTable, RelearnedAtRenewalIsAChange) {
    LeaseTable table;
    table.update({{lease(2)}, true}, 1);
    table.update({{}, true}, 2);
    EXPECT_EQ(table.update({{lease(2, "", 2000)}}, 3), changed(lease(2, "pc", 2000)));
    EXPECT_EQ(table.update({{}}, 4), removed(lease(2, "pc", 2000), LeaseRemoval::released));
}

TEST(LeaseTable, AnotherHostAtTheSameAddressIsAnotherLease) {
    LeaseTable table;
    table.update({{lease(2)}, true}, 1);
    Lease other = lease(2);
    other.mac.bytes[5] = 99;
    EXPECT_EQ(table.update({{other}}, 2),
              (Events{{Event::Kind::removed, lease(2), LeaseRemoval::released}, {Event::Kind::added, other}}));
}

TEST(LeaseTable, ExpiredEntriesOfTheManagerAreNotNews) {
    LeaseTable table;
    EXPECT_EQ(table.update({{lease(2, "pc", 10)}, true}, 10), Events{});
    EXPECT_TRUE(table.empty());
}

TEST(LeaseTable, StopTakesAll) {
    LeaseTable table;
    table.update({{lease(2, "pc", never)}, true}, 1);
    EXPECT_EQ(table.deadline(), never);
    EXPECT_EQ(table.clear(), removed(lease(2, "pc", never), LeaseRemoval::stopped));
}

TEST(LeaseTable, IsBounded) {
    LeaseTable table;
    LeaseReport flood{{}, true};
    for (std::uint32_t i = 0; i < 5 * LeaseTable::limit; ++i)
        flood.leases.push_back(lease(i));
    EXPECT_EQ(table.update(flood, 1).size(), LeaseTable::limit);
    EXPECT_EQ(table.leases().size(), LeaseTable::limit);
}

TEST(LeaseTable, WhatWeHaveEndedComesBackOnlyWhenItsHostAsksAgain) {
    LeaseTable table;
    table.update({{lease(2, "pc", 60'000'000)}, true}, 1);
    table.clear();
    EXPECT_TRUE(table.update({{lease(2, "pc", 60'400'000)}, true}, 2).empty()) << "the manager has kept it";
    EXPECT_TRUE(table.leases().empty());
    EXPECT_EQ(table.update({{lease(2, "pc", 90'000'000)}, false}, 3).size(), 1U);
    EXPECT_EQ(table.leases().size(), 1U);
}

} // namespace
} // namespace otgnet
