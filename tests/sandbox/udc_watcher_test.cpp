// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/udc_watcher.hpp"
#include "sandbox/gadget_fixture.hpp"
#include "sandbox/modelled_kvmd.hpp"
#include "sandbox/system_call.hpp"
#include "sandbox/wait.hpp"
#include "support/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <sys/mount.h>

namespace otgnet::sandbox {
namespace {

using ::testing::IsEmpty;

class UdcWatcherTest : public GadgetTest {
protected:
    void watch(const UdcChoice& choice = {"", "otgnet", "/nonexistent"}) {
        watcher_.emplace(kernel_.roots(), choice,
                         UdcWatcher::Listener{[this](const UdcFacts& facts) { reports_.push_back(facts); },
                                              [this] { ++gadgetsChanged_; }});
    }
    const UdcFacts& facts() const { return watcher_->facts(); }

    void until(const std::function<bool(const UdcFacts&)>& condition, const std::string& what) {
        loopUntil([&] { return condition(facts()); }, what);
    }

    void runFor(std::chrono::microseconds time) {
        bool over = false;
        const Source timer = callAt(bootNow() + static_cast<std::uint64_t>(time.count()), [&] { over = true; });
        loopUntil([&] { return over; }, "the time to pass");
    }

    std::vector<UdcFacts> reports_;
    int gadgetsChanged_ = 0;
    std::optional<UdcWatcher> watcher_;
};

/// A daemon that adopts what stands needs to know all of it before the loop runs.
TEST_F(UdcWatcherTest, KnowsEverythingFromTheStart) {
    put(ownPlan(Driver::ncm));
    kernel_.setState("configured");
    kernel_.setSpeed("high-speed");
    watch();
    EXPECT_EQ(facts(), (UdcFacts{.udc = "dummy_udc.0",
                                 .state = "configured",
                                 .speed = "high-speed",
                                 .gadget = "otgnet",
                                 .binding = facts().binding,
                                 .withoutUs = false,
                                 .suspended = false,
                                 .notices = 0,
                                 .isDwc2 = false,
                                 .endpointsUsed = 3}));
    EXPECT_NE(facts().binding, 0U);
    EXPECT_THAT(reports_, IsEmpty()) << "it is no change";
}

TEST_F(UdcWatcherTest, TellsEveryChangeOfTheStateOnce) {
    watch();
    for (const char* state : {"default", "addressed", "configured", "not attached"}) {
        const std::size_t before = reports_.size();
        const unsigned notices = facts().notices;
        kernel_.setState(state);
        until([&](const UdcFacts& facts) { return facts.state == state; }, state);
        EXPECT_EQ(reports_.size(), before + 1);
        EXPECT_EQ(reports_.back(), facts());
        EXPECT_EQ(facts().notices, notices + 1);
    }
}

TEST_F(UdcWatcherTest, TellsOfANoticeThatChangesNothing) {
    watch();
    kernel_.setState("configured");
    until([](const UdcFacts& facts) { return facts.notices == 1; }, "the first notice");
    kernel_.setState("configured");
    until([](const UdcFacts& facts) { return facts.notices == 2; }, "the second notice");
    EXPECT_EQ(facts().state, "configured");
}

TEST_F(UdcWatcherTest, TellsWhatIsBound) {
    watch();
    put(ownPlan(Driver::ecm));
    until([](const UdcFacts& facts) { return facts.gadget == "otgnet"; }, "the bind");
    EXPECT_EQ(facts().endpointsUsed, 3U);
    remove();
    until([](const UdcFacts& facts) { return facts.gadget.empty(); }, "the unbind");
    until([](const UdcFacts& facts) { return facts.endpointsUsed == 0; }, "the endpoints");
}

TEST_F(UdcWatcherTest, TheControllerMayComeGoAndComeBack) {
    kernel_.removeController();
    watch();
    EXPECT_EQ(facts(), UdcFacts{});
    for (int round = 0; round < 2; ++round) {
        kernel_.addController();
        until([](const UdcFacts& facts) { return facts.udc == "dummy_udc.0"; }, "the controller");
        kernel_.setState("configured");
        until([](const UdcFacts& facts) { return facts.state == "configured"; }, "its state");
        kernel_.removeController();
        until([](const UdcFacts& facts) { return facts.udc.empty(); }, "its end");
        EXPECT_EQ(facts().state, "");
    }
}

TEST_F(UdcWatcherTest, TheFirstOfSeveralIsTaken) {
    watch();
    kernel_.addController("a.usb");
    until([](const UdcFacts& facts) { return facts.udc == "a.usb"; }, "the first in order");
    watcher_->choose({"dummy_udc.0", "otgnet", "/nonexistent"});
    until([](const UdcFacts& facts) { return facts.udc == "dummy_udc.0"; }, "the one that was asked for");
}

TEST_F(UdcWatcherTest, TheOneThatTheGadgetIsOnIsTakenBeforeTheFirst) {
    const ModelledKvmd kvmd(kernel_);
    kvmd.start();
    kernel_.addController("a.usb");
    watch({"", "kvmd", kvmd.metaDirectory(), "ncm.usb0"});
    EXPECT_EQ(facts().udc, "dummy_udc.0");
    kvmd.unbind();
    until([](const UdcFacts& facts) { return facts.gadget.empty(); }, "the unbind");
    EXPECT_EQ(facts().udc, "dummy_udc.0") << "it will be back";
    kvmd.bind("a.usb");
    until([](const UdcFacts& facts) { return facts.udc == "a.usb"; }, "the move");
    kvmd.stop();
}

TEST_F(UdcWatcherTest, TellsWhetherOursIsAmongTheFunctionsOfTheGadget) {
    const ModelledKvmd kvmd(kernel_);
    kvmd.start();
    watch({"", "kvmd", kvmd.metaDirectory(), "acm.usb0"}); // as if it were ours
    EXPECT_FALSE(facts().withoutUs);
    kvmd.unbind();
    kvmd.unlink("acm.usb0");
    kvmd.bind();
    until([](const UdcFacts& facts) { return facts.withoutUs; }, "the end of it");
    kvmd.unbind();
    until([](const UdcFacts& facts) { return !facts.withoutUs; }, "the unbind");
    kvmd.stop();
}

/// kvmd-otgconf and scripts do it within a millisecond.
TEST_F(UdcWatcherTest, TellsOfAnUnbindAndABindThatItWasTooLateToSee) {
    const ModelledKvmd kvmd(kernel_);
    kvmd.start();
    watch({"", "kvmd", kvmd.metaDirectory(), "acm.usb0"});
    const std::uint64_t before = facts().binding;
    kvmd.unbind();
    kvmd.bind();
    watcher_->lookForUnbind(); // as the link has lost its carrier
    ASSERT_EQ(reports_.size(), 1U);
    EXPECT_EQ(reports_.back().gadget, "kvmd");
    EXPECT_NE(reports_.back().binding, before);

    kvmd.unbind();
    kvmd.bind();
    const std::uint64_t again = facts().binding;
    until([&](const UdcFacts& facts) { return facts.binding != again; }, "the second one, by its events");
    kvmd.stop();
}

TEST_F(UdcWatcherTest, ALinkWithoutCarrierIsNoUnbind) {
    put(ownPlan(Driver::ncm));
    watch();
    watcher_->lookForUnbind();
    EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(UdcWatcherTest, AGoneControllerDoesNotKeepTheLoopBusy) {
    watch();
    kernel_.removeController();
    until([](const UdcFacts& facts) { return facts.udc.empty(); }, "the end of the controller");
    bool over = false;
    const Source timer = callAt(bootNow() + 100'000, [&] { over = true; });
    int turns = 0;
    for (; !over; ++turns)
        g_main_context_iteration(nullptr, TRUE);
    EXPECT_LT(turns, 50); // a busy loop makes thousands
}

TEST_F(UdcWatcherTest, ADwc2IsAskedForItsSuspendWhileConfigured) {
    kernel_.removeController();
    kernel_.addController("fe980000.usb", "dwc2");
    put(ownPlan(Driver::ecm));
    watch();
    EXPECT_TRUE(facts().isDwc2);
    kernel_.setState("configured");
    until([](const UdcFacts& facts) { return facts.state == "configured"; }, "the state");
    kernel_.setSuspended("1"); // nothing announces this
    until([](const UdcFacts& facts) { return facts.suspended; }, "the suspend");
    kernel_.setSuspended("0");
    until([](const UdcFacts& facts) { return !facts.suspended; }, "the resume");
}

TEST_F(UdcWatcherTest, ADwc2IsNotAskedWhileOnlySomebodyElseIsConfigured) {
    kernel_.removeController();
    kernel_.addController("dummy_udc.0", "dwc2");
    const ModelledKvmd kvmd(kernel_);
    kvmd.start();
    kernel_.setState("configured");
    watch({"", "kvmd", kvmd.metaDirectory(), "ncm.usb0"});
    kernel_.setSuspended("1");
    runFor(std::chrono::microseconds(UdcWatcher::suspendPollUsec + 200'000));
    EXPECT_THAT(reports_, IsEmpty()) << "nobody asks for it";
    watcher_->choose({"", "otgnet", kvmd.metaDirectory(), "ncm.usb0"});
    EXPECT_FALSE(facts().suspended);
    watcher_->choose({"", "kvmd", kvmd.metaDirectory(), "acm.usb0"}); // one that is linked, as if it were ours
    EXPECT_TRUE(facts().suspended);
    kernel_.setSuspended("0");
    until([](const UdcFacts& facts) { return !facts.suspended; }, "the resume");
    kvmd.stop();
}

TEST_F(UdcWatcherTest, OtherControllersSayTheirSuspendThemselves) {
    put(ownPlan(Driver::ecm));
    kernel_.setState("configured");
    watch();
    kernel_.setSuspended("1");
    runFor(std::chrono::microseconds(UdcWatcher::suspendPollUsec + 200'000));
    EXPECT_THAT(reports_, IsEmpty()) << "nobody asks for it";
    kernel_.setState("suspended");
    until([](const UdcFacts& facts) { return facts.suspended; }, "the suspend");
}

TEST_F(UdcWatcherTest, NoticesWhatOthersDoToKvmdsGadget) {
    const ModelledKvmd kvmd(kernel_);
    watch({"", "kvmd", kvmd.metaDirectory()});
    const auto noticed = [this](const std::string& what, const std::function<void()>& act) {
        gadgetsChanged_ = 0;
        act();
        loopUntil([this] { return gadgetsChanged_ > 0; }, what);
    };
    noticed("kvmd-otg start", [&] { kvmd.start(); });
    until([](const UdcFacts& facts) { return facts.gadget == "kvmd" && facts.endpointsUsed == 6; }, "kvmd's functions");
    noticed("kvmd-otgconf unbinding", [&] { kvmd.unbind(); });
    noticed("kvmd-otgconf unlinking", [&] { kvmd.unlink("hid.usb0"); });
    until([](const UdcFacts& facts) { return facts.gadget.empty() && facts.endpointsUsed == 5; }, "one function less");
    noticed("kvmd-otgconf linking", [&] { kvmd.link("hid.usb0"); });
    noticed("kvmd-otgconf binding", [&] { kvmd.bind(); });
    noticed("kvmd-otg stop", [&] { kvmd.stop(); });
    until([](const UdcFacts& facts) { return facts.gadget.empty() && facts.endpointsUsed == 0; }, "the end");
}

TEST_F(UdcWatcherTest, NoticesLibcompositeThatIsLoadedLate) {
    kernel_.setLibcomposite(false);
    watch();
    kernel_.setLibcomposite(true);
    loopUntil([this] { return gadgetsChanged_ == 1; }, "the place of all gadgets");
    put(ownPlan(Driver::ecm));
    until([](const UdcFacts& facts) { return facts.endpointsUsed == 3; }, "what is made in it");
}

TEST_F(UdcWatcherTest, NoticesConfigfsThatIsMountedLate) {
    const std::filesystem::path place = support::makeTemporaryDirectory("configfs", "/tmp");
    int changes = 0;
    {
        const ConfigfsWatcher watcher({place, kernel_.roots().sysfs}, [&] { ++changes; });
        checked(::mount(kernel_.roots().configfs.c_str(), place.c_str(), nullptr, MS_BIND, nullptr), "mount");
        loopUntil([&] { return changes == 1; }, "the mount");
        std::filesystem::create_directory(kernel_.roots().gadgets() / "other");
        loopUntil([&] { return changes > 1; }, "what is made in it");
    }
    checked(::umount(place.c_str()), "unmount");
    std::filesystem::remove(place);
}

TEST_F(UdcWatcherTest, AKernelWithoutGadgetsIsNoError) {
    watcher_.emplace(KernelRoots{"/nonexistent", "/nonexistent"}, UdcChoice{},
                     UdcWatcher::Listener{[](const UdcFacts&) {}, [] {}});
    EXPECT_EQ(facts(), UdcFacts{});
}

} // namespace
} // namespace otgnet::sandbox
