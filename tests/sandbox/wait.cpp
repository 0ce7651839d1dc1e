// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/wait.hpp"

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "sandbox/system_call.hpp"

#include <poll.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>

namespace otgnet::sandbox {

int Deadline::milliseconds() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

void waitReadable(int fd, const Deadline& deadline, const std::string& what) {
    pollfd poll{.fd = fd, .events = POLLIN, .revents = 0};
    for (;;) {
        const int ready = ::poll(&poll, 1, deadline.milliseconds());
        if (ready > 0)
            return;
        if (ready == 0)
            throw TimedOut(what);
        if (errno != EINTR)
            checked(ready, "poll");
    }
}

void waitForFile(const std::filesystem::path& path, std::chrono::milliseconds time) {
    const Deadline deadline(time);
    Fd watch(checked(::inotify_init1(IN_CLOEXEC), "watch " + path.string()));
    checked(::inotify_add_watch(watch.get(), path.parent_path().c_str(), IN_CREATE | IN_MOVED_TO),
            "watch " + path.parent_path().string());
    while (!std::filesystem::exists(path)) {
        waitReadable(watch.get(), deadline, path.string());
        std::array<char, 4096> events{};
        checked(::read(watch.get(), events.data(), events.size()), "watch " + path.string());
    }
}

void loopUntil(const std::function<bool()>& condition, const std::string& what, std::chrono::milliseconds time) {
    bool over = false;
    const auto usec = static_cast<std::uint64_t>(std::chrono::microseconds(time).count());
    const Source timer = callAt(bootNow() + usec, [&] { over = true; });
    while (!condition()) {
        if (over)
            throw TimedOut(what);
        g_main_context_iteration(nullptr, TRUE);
    }
}

} // namespace otgnet::sandbox
