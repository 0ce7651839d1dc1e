// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/presence.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

using Change = Presence::Change;
using Levels = Presence::Levels;

constexpr BootUsec second = 1'000'000;

const Levels unbound{false, "not attached", false, false, 0};
const Levels idle{true, "not attached", false, false, 0};
const Levels configuredOnly{true, "configured", false, false, 1};
const Levels up{true, "configured", true, false, 1};
const Levels asleep{true, "configured", true, true, 1};

class PresenceTest : public testing::Test {
protected:
    void attach(BootUsec at) {
        presence.update(unbound, at);
        presence.update(idle, at);
        ASSERT_EQ(presence.update(up, at), Change::attached);
    }

    Presence presence;
};

TEST_F(PresenceTest, AttachesAtOnceAndOnlyOnce) {
    attach(second);
    EXPECT_EQ(presence.update(up, second), Change::none);
    EXPECT_TRUE(presence.attached());
}

TEST_F(PresenceTest, NeitherStateNorCarrierAloneIsAHost) {
    presence.update(idle, second);
    EXPECT_EQ(presence.update(configuredOnly, second), Change::none);
    EXPECT_EQ(presence.update({true, "default", true, false, 1}, second), Change::none);
}

TEST_F(PresenceTest, StateThatWasThereBeforeTheBindMeansNothing) {
    attach(second);
    presence.update({false, "configured", true, false, 4}, second);
    EXPECT_EQ(presence.update({true, "configured", true, false, 4}, second), Change::none);
    EXPECT_EQ(presence.update({true, "configured", true, false, 5}, second), Change::attached);
}

TEST_F(PresenceTest, AHostThatIsFasterThanOurOwnWayUpIsSeen) {
    presence.update({false, "default", false, false, 1}, second);
    presence.update({false, "configured", true, false, 2}, second);
    EXPECT_EQ(presence.update({true, "configured", true, false, 2}, second), Change::attached);
}

TEST_F(PresenceTest, AssumesAGadgetThatWasAdopted) {
    presence.assume({true, "configured", true, false, 0}, second);
    EXPECT_TRUE(presence.attached());
    EXPECT_EQ(presence.update({true, "configured", true, false, 0}, second), Change::none);
}

TEST_F(PresenceTest, CarrierFlapsAfterThePlugAreSwallowed) {
    attach(second);
    EXPECT_EQ(presence.update(configuredOnly, second + 100'000), Change::none);
    EXPECT_EQ(presence.deadline(), second + Presence::settleTime);
    EXPECT_EQ(presence.update(up, second + 300'000), Change::none);
    EXPECT_EQ(presence.deadline(), never);
}

TEST_F(PresenceTest, AFlapThatLastsIsADetach) {
    attach(second);
    presence.update(configuredOnly, second + 100'000);
    EXPECT_EQ(presence.look(second + Presence::settleTime - 1), Change::none);
    EXPECT_EQ(presence.look(second + Presence::settleTime), Change::detached);
    EXPECT_EQ(presence.reason(), "unplugged");
    EXPECT_EQ(presence.deadline(), never);
}

TEST_F(PresenceTest, LaterLossesAreToldAtOnce) {
    for (const Levels& levels : {configuredOnly, idle}) {
        presence = {};
        attach(second);
        EXPECT_EQ(presence.update(levels, 10 * second), Change::detached);
        EXPECT_EQ(presence.reason(), "unplugged");
    }
}

TEST_F(PresenceTest, UnboundIsGoneEvenWhileTheCarrierSettles) {
    attach(second);
    EXPECT_EQ(presence.update(unbound, second + 1), Change::detached);
    EXPECT_EQ(presence.reason(), "unbound");
}

TEST_F(PresenceTest, BoundAnewIsAHostThatWentAndMayBeHereAgain) {
    Levels anew = up;
    anew.binding = 2;
    attach(second);
    EXPECT_EQ(presence.update(anew, second + 1), Change::detached);
    EXPECT_EQ(presence.reason(), "unbound");
    EXPECT_EQ(presence.look(second + 1), Change::none) << "nobody has said that the new one is configured";
    anew.notices = 2;
    EXPECT_EQ(presence.update(anew, second + 2), Change::attached);

    anew.binding = 3;
    anew.notices = 3; // the host was faster than we
    EXPECT_EQ(presence.update(anew, 10 * second), Change::detached);
    EXPECT_EQ(presence.look(10 * second), Change::attached);
    EXPECT_EQ(presence.look(10 * second), Change::none);
}

TEST_F(PresenceTest, WhatWasNeverUnboundNeedsNoNewWordOnItsState) {
    Levels numbered = up;
    numbered.binding = 7;
    presence.update(idle, second);
    ASSERT_EQ(presence.update(numbered, second), Change::attached);
    numbered.bound = false; // as far as we knew
    EXPECT_EQ(presence.update(numbered, 3 * second), Change::detached);
    numbered.bound = true;
    EXPECT_EQ(presence.update(numbered, 4 * second), Change::attached);
}

TEST_F(PresenceTest, BoundAnewWithoutAHostIsNoNews) {
    Levels anew = idle;
    anew.binding = 2;
    presence.update(idle, second);
    EXPECT_EQ(presence.update(anew, second), Change::none);
}

TEST_F(PresenceTest, ASleepingHostStaysUnlessAskedFor) {
    attach(second);
    EXPECT_EQ(presence.update(asleep, 2 * second), Change::none);
    EXPECT_EQ(presence.look(1000 * second), Change::none);
    EXPECT_EQ(presence.deadline(), never);
}

TEST_F(PresenceTest, ASleepThatTheStateTellsIsNoDetachEither) {
    const Levels sleeping{true, "suspended", true, true, 2};
    EXPECT_EQ(presence.update(sleeping, second), Change::none) << "nor an attach";
    presence = {};
    attach(second);
    EXPECT_EQ(presence.update(sleeping, 5 * second), Change::none);
    EXPECT_EQ(presence.look(1000 * second), Change::none);
    EXPECT_EQ(presence.deadline(), never);

    presence.setSuspendDetach(std::chrono::seconds(5));
    EXPECT_EQ(presence.deadline(), 10 * second);
    EXPECT_EQ(presence.look(10 * second), Change::detached);
    EXPECT_EQ(presence.reason(), "suspended");
    EXPECT_EQ(presence.update({true, "configured", true, false, 3}, 11 * second), Change::attached);
}

/// Or the loop would not rest.
TEST_F(PresenceTest, TheDeadlineIsWhenSomethingChanges) {
    presence.setSuspendDetach(std::chrono::seconds(1));
    attach(second);
    presence.update({true, "configured", false, true, 1}, second + 100'000);
    const BootUsec deadline = presence.deadline();
    EXPECT_EQ(deadline, second + 1'100'000);
    EXPECT_EQ(presence.look(deadline), Change::detached);
    EXPECT_EQ(presence.deadline(), never);
}

TEST_F(PresenceTest, ASleepThatLastsIsADetachWhereAskedFor) {
    presence.setSuspendDetach(std::chrono::seconds(5));
    attach(second);
    presence.update(asleep, 10 * second);
    EXPECT_EQ(presence.deadline(), 15 * second);
    EXPECT_EQ(presence.look(15 * second - 1), Change::none);
    EXPECT_EQ(presence.look(15 * second), Change::detached);
    EXPECT_EQ(presence.reason(), "suspended");
    EXPECT_EQ(presence.update(asleep, 16 * second), Change::none);
    EXPECT_EQ(presence.update(up, 20 * second), Change::attached);
}

} // namespace
} // namespace otgnet
