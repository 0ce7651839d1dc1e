// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The clocks of the machine.
#pragma once

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "core/ports.hpp"

namespace otgnet {

/// µs, rounded down: with the clocks' difference to the nearest second, what has just happened would lie in the future.
constexpr std::uint64_t wholeSeconds(std::uint64_t usec) {
    constexpr std::uint64_t usecPerSecond = 1'000'000;
    return usec / usecPerSecond * usecPerSecond;
}

class SystemClock : public ClockPort {
public:
    /// `clockSet` is called when realtimeOffset() has changed: somebody set the clock (NTP on a board without a battery
    /// does it once, a while after boot, and by years).
    explicit SystemClock(std::function<void()> clockSet);

    BootUsec now() const override { return bootNow(); }
    std::uint64_t realtimeOffset() const override { return offset_; }
    std::unique_ptr<Timer> at(BootUsec when, std::function<void()> call) override;
    std::unique_ptr<Timer> soon(std::function<void()> call) override;

private:
    void arm();
    void onClockSet();

    std::function<void()> clockSet_;
    std::uint64_t offset_ = 0;
    Fd timer_;
    Source watch_;
};

} // namespace otgnet
