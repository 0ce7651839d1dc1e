// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The one main loop: the default GMainContext of the process (libnm needs GLib's). A Source that is destroyed is
/// detached and does not call any more; it may be destroyed inside its own callback. No exception leaves a callback:
/// it is logged, and the loop goes on.
#pragma once

#include <glib.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace otgnet {

struct SourceDestroyer {
    void operator()(GSource* source) const {
        g_source_destroy(source);
        g_source_unref(source);
    }
};
using Source = std::unique_ptr<GSource, SourceDestroyer>;

/// Takes over a new source and lets the loop serve it. It counts as one that may be served while it is being served,
/// which never happens as no source runs the loop: for others, GLib takes the fd out of its poll set and puts it back
/// each time, and every event would cost a second turn of the loop.
Source attach(GSource* source);

class Loop {
public:
    Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    int run(); ///< until quit(); answers its exit code
    void quit(int exitCode);

private:
    GMainLoop* loop_;
    int exitCode_ = 0;
};

/// Calls as long as one of `conditions` (G_IO_IN, G_IO_PRI, …) holds; the fd stays the caller's and must outlive it.
Source watchFd(int fd, GIOCondition conditions, std::function<void(GIOCondition)> call);
/// Whether it goes before others: as long as it is ready, they wait.
void setFirst(const Source& source, bool first);
/// Calls once at a time of CLOCK_BOOTTIME in µs (a time in the past: at the next turn).
Source callAt(std::uint64_t bootUsec, std::function<void()> call);
/// Calls once at the next turn of the loop.
Source callSoon(std::function<void()> call);
/// Calls at each signal (SIGTERM, SIGINT, SIGHUP).
Source watchSignal(int number, std::function<void()> call);

/// Microseconds of CLOCK_BOOTTIME.
std::uint64_t bootNow();

/// The wall between C callbacks and C++: runs the function, logs what it throws with `what` in front.
void guard(const char* what, const std::function<void()>& function) noexcept;

} // namespace otgnet
