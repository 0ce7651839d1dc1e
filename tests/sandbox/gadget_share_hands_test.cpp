// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What kvmd-otg and kvmd-otgconf do to their gadget while we are in it, or are about to be.

#include "sandbox/shared_gadget_fixture.hpp"
#include "sandbox/wait.hpp"

#include <cerrno>

namespace otgnet::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class OtherHands : public SharedGadgetTest {
protected:
    using Verb = std::function<void(Done)>;

    /// Lets the verb begin while somebody else has the gadget in his hands, who does `then` a moment later.
    std::exception_ptr meanwhile(const Verb& verb, const std::function<void()>& then) {
        std::optional<std::exception_ptr> outcome;
        verb([&](std::exception_ptr error) { outcome = error; });
        kernel_.forget();
        const Source moment = callAt(bootNow() + 100'000, [&] {
            EXPECT_FALSE(outcome);
            EXPECT_THAT(kernel_.operations(), IsEmpty()) << "we do not wait";
            then();
        });
        loopUntil([&] { return outcome.has_value(); }, "the gadget's answer");
        return *outcome;
    }
    Verb joining() {
        return [this](Done done) { gadget_->put(plan(), std::move(done)); };
    }
    Verb replugging() {
        return [this](Done done) { gadget_->replug(std::move(done)); };
    }
    Verb leaving() {
        return [this](Done done) { gadget_->remove(std::move(done)); };
    }
    /// The first half of "kvmd-otg stop".
    void beginToStop() {
        kvmd_.unbind();
        for (const std::string& function : kvmd_.links())
            kvmd_.unlink(function);
    }
};

TEST_F(OtherHands, KvmdMayStopWhileWeAreIn) {
    join();
    kvmd_.stop();
    EXPECT_THAT(kernel_.tree(), IsEmpty());
    EXPECT_EQ(gadget_->standing(plan()), std::nullopt);
    EXPECT_EQ(remove().text, "");
    kvmd_.start();
    EXPECT_EQ(join().text, "");
    expectJoined("after the restart of kvmd-otg");
}

TEST_F(OtherHands, KvmdMayStopInTheMiddleOfAJoin) {
    GadgetPlan slow = plan();
    slow.initDelay = std::chrono::milliseconds(300);
    std::optional<std::exception_ptr> outcome;
    gadget_->put(slow, [&](std::exception_ptr error) { outcome = error; });
    loopUntil([&] { return kvmd_.links().size() == 5; }, "the links");
    kvmd_.stop();
    loopUntil([&] { return outcome.has_value(); }, "the gadget's answer");
    EXPECT_THROW(std::rethrow_exception(*outcome), Error);
    EXPECT_THAT(kernel_.tree(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(kvmd_.metaDirectory())); // kvmd-otg insists on making it
}

TEST_F(OtherHands, AJoinWaitsForARebind) {
    kvmd_.unbind();
    EXPECT_EQ(meanwhile(joining(), [this] { kvmd_.bind(); }), nullptr);
    expectJoined("after kvmd-otgconf has bound it");
}

TEST_F(OtherHands, AReplugWaitsForARebind) {
    join();
    kvmd_.unbind();
    EXPECT_EQ(meanwhile(replugging(), [this] { kvmd_.bind(); }), nullptr);
    expectJoined("after kvmd-otgconf has bound it");
}

TEST_F(OtherHands, ALeaveWaitsForARebind) {
    join();
    kvmd_.unbind();
    EXPECT_EQ(meanwhile(leaving(), [this] { kvmd_.bind(); }), nullptr);
    expectAsBefore("after kvmd-otgconf has bound it");
}

TEST_F(OtherHands, AReplugInTheMiddleOfAStopOfKvmdOtgIsNotInItsWay) {
    join();
    beginToStop();
    EXPECT_NE(meanwhile(replugging(), [this] { kvmd_.stop(); }), nullptr);
    EXPECT_THAT(kernel_.tree(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(kvmd_.metaDirectory()));
}

TEST_F(OtherHands, ALeaveInTheMiddleOfAStopOfKvmdOtgIsNotInItsWay) {
    join();
    beginToStop();
    EXPECT_EQ(meanwhile(leaving(), [this] { kvmd_.stop(); }), nullptr);
    EXPECT_THAT(kernel_.tree(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(kvmd_.metaDirectory()));
}

/// It removes the gadget first, then every meta file that it has seen: it fails if one of them is gone.
TEST_F(OtherHands, TheMetaFilesAreLeftToAKvmdOtgThatStops) {
    join();
    const std::string kept = "/run/sandbox/otgnet-metas";
    std::filesystem::copy(kvmd_.metaDirectory(), kept);
    kvmd_.stop();
    std::filesystem::copy(kept, kvmd_.metaDirectory());
    const auto rest = [&] {
        EXPECT_TRUE(std::filesystem::exists(kvmd_.metaDirectory() + "/ncm.usb0@meta.json"));
        std::filesystem::remove_all(kvmd_.metaDirectory());
    };
    EXPECT_EQ(meanwhile(leaving(), rest), nullptr);
    EXPECT_FALSE(std::filesystem::exists(kvmd_.metaDirectory()));
    std::filesystem::remove_all(kept);
}

TEST_F(OtherHands, AGadgetThatNobodyBindsAgainIsBoundByUs) {
    join();
    kvmd_.unbind();
    EXPECT_EQ(replug().text, "");
    expectJoined("after the replug");
    kvmd_.unbind();
    EXPECT_EQ(remove().text, "");
    expectAsBefore("after the leave");
}

/// Two controllers, and kvmd is on the one that does not come first.
class SecondController : public SharedGadgetTest {
protected:
    SecondController() { kernel_.addController("a_udc.0"); }

    GadgetPlan elsewhere() const {
        GadgetPlan other = plan();
        other.udc = "a_udc.0";
        return other;
    }
};

TEST_F(SecondController, KeepsTheKeyboardAllTheTime) {
    EXPECT_EQ(join().text, "");
    expectJoined("after the join");
    EXPECT_EQ(replug().text, "");
    expectJoined("after the replug");
    EXPECT_EQ(join(Driver::ecm).text, "");
    kvmd_.unbind(); // and forgets it
    EXPECT_EQ(replug().text, "");
    EXPECT_EQ(remove().text, "");
    expectAsBefore("after the leave");
    EXPECT_THAT(kernel_.operations(), Not(Contains("write kvmd/UDC a_udc.0")));
}

TEST_F(SecondController, IsWhereAMoveThatFailsGoesBackTo) {
    for (int step = 1;; ++step) {
        kernel_.fail(step, ENOSPC);
        const GadgetOutcome outcome = put(elsewhere());
        kernel_.work();
        if (!outcome.code)
            break;
        expectAsBefore("after failure of step " + std::to_string(step));
    }
    EXPECT_EQ(kvmd_.read("UDC"), "a_udc.0");
}

TEST_F(SecondController, IsWhereASuccessorPutsItBack) {
    for (int step = 1;; ++step) {
        kernel_.kill(step, true);
        const bool survived = survives([&] { put(elsewhere()); });
        kernel_.work();
        if (survived || kvmd_.read("UDC") == "a_udc.0")
            break;
        gadget_ = newGadget();
        gadget_->standing(plan());
        EXPECT_EQ(remove().text, "") << step;
        expectAsBefore("killed at step " + std::to_string(step));
    }
}

} // namespace
} // namespace otgnet::sandbox
