// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/fd.hpp"
#include "base/loop.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <string>

namespace otgnet {
namespace {

int ready = -1; ///< fds that the last poll(2) of the loop found

gint recordingPoll(GPollFD* fds, guint count, gint timeout) {
    return ready = g_poll(fds, count, timeout);
}

TEST(Loop, AnEventCostsOneTurn) {
    const Fd event(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    bool served = false;
    const Source watch = watchFd(event.get(), G_IO_IN, [&](GIOCondition) {
        eventfd_t value = 0;
        served = eventfd_read(event.get(), &value) == 0;
    });
    while (!served)
        g_main_context_iteration(nullptr, TRUE);
    g_main_context_set_poll_func(nullptr, recordingPoll);
    g_main_context_iteration(nullptr, FALSE);
    g_main_context_set_poll_func(nullptr, nullptr);
    EXPECT_EQ(ready, 0) << "the loop has woken itself up";
}

TEST(Loop, OthersWaitForTheFirst) {
    const Fd event(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    std::string served;
    const Source other = watchFd(event.get(), G_IO_IN, [&](GIOCondition) { served += "other "; });
    const Source first = watchFd(event.get(), G_IO_IN, [&](GIOCondition) {
        served += "first ";
        setFirst(first, served.size() < 10);
    });
    setFirst(first, true);
    for (int turn = 0; turn < 3; ++turn)
        g_main_context_iteration(nullptr, FALSE);
    EXPECT_EQ(served, "first first other first ");
}

} // namespace
} // namespace otgnet
