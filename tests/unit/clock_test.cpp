// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/clock.hpp"

#include "base/real_time.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace otgnet {
namespace {

using namespace std::chrono;

TEST(SystemClock, KnowsTheTimeToTheSecond) {
    const SystemClock clock([] { FAIL() << "nobody has set the clock"; });
    const auto real = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    EXPECT_NEAR(static_cast<double>(clock.now() + clock.realtimeOffset()), static_cast<double>(real), 1.1e6);
    EXPECT_EQ(clock.realtimeOffset() % 1'000'000, 0U);
}

TEST(SystemClock, PutsNothingThatHasHappenedIntoTheFuture) {
    const SystemClock clock([] {});
    const auto happened = clock.now() + clock.realtimeOffset();
    EXPECT_LE(happened, realNow());
    EXPECT_EQ(wholeSeconds(7'999'999), 7'000'000U) << "whatever the clocks' difference is here";
}

TEST(SystemClock, CallsAtTheTimeAndOnlyWhileTheTimerLives) {
    SystemClock clock([] {});
    bool late = false;
    bool dropped = false;
    const BootUsec start = clock.now();
    auto never = clock.at(start, [&] { dropped = true; });
    never.reset();
    const auto timer = clock.at(start + 20'000, [&] { late = true; });
    while (!late)
        g_main_context_iteration(nullptr, TRUE);
    EXPECT_GE(clock.now(), start + 20'000);
    EXPECT_FALSE(dropped);
}

} // namespace
} // namespace otgnet
