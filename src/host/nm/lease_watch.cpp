// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/lease_watch.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"

#include <sys/inotify.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace otgnet::nm {

namespace {

constexpr std::uint64_t debounceUsec = 100'000; // dnsmasq truncates the file and writes it again
constexpr unsigned patience = 3;                // reads until a file that may be half written is believed
constexpr std::size_t largestFile = 4 << 20;    // 1000 leases with the longest client ids are below 1 MiB
constexpr time_t farFuture = 4'102'444'800;     // the year 2100

/// Becomes readable (ECANCELED) when the real-time clock is set.
Fd makeClockWatch() {
    Fd fd(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK));
    itimerspec farAway{};
    farAway.it_value.tv_sec = farFuture;
    if (!fd || timerfd_settime(fd.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &farAway, nullptr) < 0)
        throw systemError(ErrorCode::Failed, "cannot watch the clock", errno);
    return fd;
}

} // namespace

LeaseWatch::LeaseWatch(std::filesystem::path root, const LinkPlan& plan, bool idle, RealtimeOffset& offset,
                       Report report)
    : path_(std::move(root) / "var/lib/NetworkManager" / ("dnsmasq-" + plan.ifname.text() + ".leases")),
      network_(plan.network), report_(std::move(report)), offset_(offset), clock_(makeClockWatch()) {
    wasSet_ = offset_.measure(); // while nobody watched
    clockSet_ = watchFd(clock_.get(), G_IO_IN, [this](GIOCondition) {
        std::uint64_t expirations = 0; // the failing read takes the event away and keeps the watch
        if (::read(clock_.get(), &expirations, sizeof expirations) < 0 && errno == ECANCELED)
            wasSet_ = offset_.measure() || wasSet_;
        readSoon();
    });
    if (idle)
        guard("old leases", [this] { old_ = oldLines(content()); });
    watchDirectory();
    readSoon();
}

void LeaseWatch::restarted() {
    fresh_ = true;
    watchDirectory();
    readSoon();
}

/// The directory, not the file: that is made at the first lease. NetworkManager makes the directory when it starts.
void LeaseWatch::watchDirectory() {
    events_.reset();
    inotify_ = Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    const std::uint32_t changes = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
    if (!inotify_ || inotify_add_watch(inotify_.get(), path_.parent_path().c_str(), changes | IN_ONLYDIR) < 0) {
        log::warning(systemError(ErrorCode::Failed, "cannot watch " + path_.parent_path().string(), errno).what());
        return;
    }
    events_ = watchFd(inotify_.get(), G_IO_IN, [this](GIOCondition) { onEvents(); });
}

void LeaseWatch::onEvents() {
    alignas(inotify_event) std::array<char, 16384> buffer{};
    const ssize_t size = ::read(inotify_.get(), buffer.data(), buffer.size());
    for (ssize_t at = 0; at < size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
        const bool ours = event->len > 0 && path_.filename() == event->name;
        if (ours || (event->mask & IN_Q_OVERFLOW) != 0)
            readSoon();
        if ((event->mask & IN_IGNORED) != 0)
            events_.reset(); // the directory has gone; restarted() finds the new one
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    }
}

/// Not put off by events that go on: a host may cause them without end.
void LeaseWatch::readSoon() {
    if (!debounce_)
        debounce_ = callAt(bootNow() + debounceUsec, [this] {
            debounce_.reset();
            read();
        });
}

void LeaseWatch::read() {
    try {
        const std::string text = content();
        unreadable_ = false;
        const auto leases = parseLeaseFile(text, network_, {bootNow(), offset_.usec()}, old_);
        if ((isWholeLeaseFile(text) && !lacksSome(leases)) || ++doubts_ >= patience)
            return tell(leases);
        readSoon();
    } catch (const Error& e) {
        if (!std::exchange(unreadable_, true))
            log::warning(std::string(e.what()) + "; the leases stay as they were");
    }
}

std::string LeaseWatch::content() const {
    return readFileIfExists(path_, largestFile).value_or("");
}

/// One that was given back; or the file ends in the middle, between two lines.
bool LeaseWatch::lacksSome(const std::vector<Lease>& leases) const {
    return std::any_of(told_.begin(), told_.end(), [&](const Lease& before) {
        const auto same = [&](const Lease& lease) { return lease.address == before.address; };
        return before.expires > bootNow() && std::none_of(leases.begin(), leases.end(), same);
    });
}

void LeaseWatch::tell(const std::vector<Lease>& leases) {
    doubts_ = 0;
    told_ = leases;
    report_({leases, std::exchange(fresh_, false), std::exchange(wasSet_, false)});
}

} // namespace otgnet::nm
