// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/clock.hpp"

#include "base/error.hpp"
#include "base/real_time.hpp"

#include <sys/timerfd.h>

#include <cerrno>
#include <limits>

namespace otgnet {

namespace {

struct LoopTimer : ClockPort::Timer {
    explicit LoopTimer(Source s) : source(std::move(s)) {}
    Source source;
};

/// Between two settings of the clock the difference is constant (adjustments of the rate go into both clocks), but two
/// measurements of it are not: hence measured only when the clock was set.
std::uint64_t measureOffset() {
    return wholeSeconds(realNow() - bootNow());
}

} // namespace

SystemClock::SystemClock(std::function<void()> clockSet)
    : clockSet_(std::move(clockSet)), timer_(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {
    if (!timer_)
        throw systemError(ErrorCode::Failed, "cannot create a timer", errno);
    arm();
    offset_ = measureOffset();
    watch_ = watchFd(timer_.get(), G_IO_IN, [this](GIOCondition) { onClockSet(); });
}

std::unique_ptr<ClockPort::Timer> SystemClock::at(BootUsec when, std::function<void()> call) {
    return std::make_unique<LoopTimer>(callAt(when, std::move(call)));
}

std::unique_ptr<ClockPort::Timer> SystemClock::soon(std::function<void()> call) {
    return std::make_unique<LoopTimer>(callSoon(std::move(call)));
}

/// A timer that never expires: it is only there to be cancelled.
void SystemClock::arm() {
    itimerspec spec{};
    spec.it_value.tv_sec = std::numeric_limits<time_t>::max();
    if (timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, nullptr) < 0 &&
        errno != ECANCELED) // set again in the meantime; armed all the same
        throw systemError(ErrorCode::Failed, "cannot watch the clock", errno);
}

void SystemClock::onClockSet() {
    std::uint64_t expirations = 0;
    if (::read(timer_.get(), &expirations, sizeof(expirations)) >= 0 || errno != ECANCELED)
        return;
    arm();
    if (const auto offset = measureOffset(); offset != offset_) {
        offset_ = offset;
        clockSet_();
    }
}

} // namespace otgnet
