// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/loop.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/log.hpp"

#include <glib-unix.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <ctime>
#include <string>

namespace otgnet {

namespace {

constexpr std::uint64_t usecPerSecond = 1'000'000;

/// Owned by the GSource, so that it lives as long as GLib may call it.
template<class Call>
struct Closure {
    explicit Closure(Call c) : call(std::move(c)) {}
    Call call;
    Fd fd{};
    static void destroy(gpointer self) { delete static_cast<Closure*>(self); }
};

using FdClosure = Closure<std::function<void(GIOCondition)>>;
using PlainClosure = Closure<std::function<void()>>;

gboolean onFd(gint, GIOCondition conditions, gpointer self) {
    guard("event", [&] { static_cast<FdClosure*>(self)->call(conditions); });
    return G_SOURCE_CONTINUE;
}

gboolean onTimer(gint, GIOCondition, gpointer self) {
    guard("timer", [&] { static_cast<PlainClosure*>(self)->call(); });
    return G_SOURCE_REMOVE;
}

gboolean onSoon(gpointer self) {
    guard("deferred call", [&] { static_cast<PlainClosure*>(self)->call(); });
    return G_SOURCE_REMOVE;
}

gboolean onSignal(gpointer self) {
    guard("signal", [&] { static_cast<PlainClosure*>(self)->call(); });
    return G_SOURCE_CONTINUE;
}

Source attachCall(GSource* source, GSourceFunc call, gpointer closure, GDestroyNotify destroy) {
    g_source_set_callback(source, call, closure, destroy);
    return attach(source);
}

Fd bootTimer(std::uint64_t when) {
    Fd fd(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!fd)
        throw systemError(ErrorCode::Failed, "cannot create a timer", errno);
    const std::uint64_t at = when == 0 ? 1 : when; // zero would disarm it
    itimerspec spec{};
    spec.it_value.tv_sec = static_cast<time_t>(at / usecPerSecond);
    spec.it_value.tv_nsec = static_cast<long>(at % usecPerSecond) * 1000;
    if (timerfd_settime(fd.get(), TFD_TIMER_ABSTIME, &spec, nullptr) < 0)
        throw systemError(ErrorCode::Failed, "cannot set a timer", errno);
    return fd;
}

} // namespace

Source attach(GSource* source) {
    g_source_set_can_recurse(source, TRUE);
    g_source_attach(source, nullptr);
    return Source(source);
}

Loop::Loop() : loop_(g_main_loop_new(nullptr, FALSE)) {}

Loop::~Loop() {
    g_main_loop_unref(loop_);
}

int Loop::run() {
    g_main_loop_run(loop_);
    return exitCode_;
}

void Loop::quit(int exitCode) {
    exitCode_ = exitCode;
    g_main_loop_quit(loop_);
}

Source watchFd(int fd, GIOCondition conditions, std::function<void(GIOCondition)> call) {
    return attachCall(g_unix_fd_source_new(fd, conditions), G_SOURCE_FUNC(onFd), new FdClosure(std::move(call)),
                      FdClosure::destroy);
}

void setFirst(const Source& source, bool first) {
    const int priority = first ? G_PRIORITY_HIGH : G_PRIORITY_DEFAULT;
    if (g_source_get_priority(source.get()) != priority) // setting it costs a turn of the loop
        g_source_set_priority(source.get(), priority);
}

Source callAt(std::uint64_t bootUsec, std::function<void()> call) {
    auto closure = std::make_unique<PlainClosure>(std::move(call));
    closure->fd = bootTimer(bootUsec);
    GSource* source = g_unix_fd_source_new(closure->fd.get(), G_IO_IN);
    return attachCall(source, G_SOURCE_FUNC(onTimer), closure.release(), PlainClosure::destroy);
}

Source callSoon(std::function<void()> call) {
    GSource* source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    return attachCall(source, onSoon, new PlainClosure(std::move(call)), PlainClosure::destroy);
}

Source watchSignal(int number, std::function<void()> call) {
    return attachCall(g_unix_signal_source_new(number), onSignal, new PlainClosure(std::move(call)),
                      PlainClosure::destroy);
}

std::uint64_t bootNow() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * usecPerSecond + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

void guard(const char* what, const std::function<void()>& function) noexcept {
    try {
        function();
    } catch (const std::exception& e) {
        log::error(std::string(what) + ": " + e.what());
    } catch (...) {
        log::error(std::string(what) + ": unknown exception");
    }
}

} // namespace otgnet
