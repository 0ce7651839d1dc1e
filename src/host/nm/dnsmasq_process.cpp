// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/dnsmasq_process.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <system_error>
#include <utility>

namespace otgnet::nm {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t exitUsec = 2'000'000; // after SIGTERM, and once more after SIGKILL

// <sys/pidfd.h> of glibc 2.36 cannot be used from C++
int openPidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

int sendSignal(const Fd& process, int number) {
    return static_cast<int>(::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0));
}

constexpr const char* pidFiles = "run/nm-dnsmasq-"; // of all interfaces

fs::path pidFile(const IfName& ifname) {
    return pidFiles + ifname.text() + ".pid";
}

std::optional<pid_t> parsePid(std::string_view text) {
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    return error == std::errc{} && end == text.data() + text.size() && pid > 0 ? std::optional{pid} : std::nullopt;
}

/// Any process may go while we look at it.
std::string contentOf(const fs::path& path) {
    try {
        return readFileIfExists(path).value_or("");
    } catch (const Error&) {
        return {};
    }
}

/// A dnsmasq with a pid file whose path begins like this.
bool startedWith(const fs::path& proc, const std::string& pidFile) {
    using namespace std::string_literals;
    if (readAttribute(proc / "comm") != "dnsmasq")
        return false;
    return contentOf(proc / "cmdline").find("\0--pid-file=/"s + pidFile) != std::string::npos;
}

/// Started for this interface, to tell by its own arguments: NetworkManager takes the pid file of an orphan away.
bool isDnsmasqOf(const fs::path& proc, const IfName& ifname) {
    return startedWith(proc, pidFile(ifname).string() + '\0');
}

/// The fourth field of stat(5), behind a name in parentheses that may hold anything.
std::string parentOf(const fs::path& proc) {
    const std::string stat = readAttribute(proc / "stat");
    const std::size_t state = stat.rfind(") ");
    if (state == std::string::npos || state + 4 >= stat.size())
        return {};
    return stat.substr(state + 4, stat.find(' ', state + 4) - state - 4);
}

struct Dnsmasq {
    pid_t pid = 0;
    bool orphan = false;
};

std::vector<Dnsmasq> findDnsmasqs(const fs::path& root, const IfName& ifname) {
    std::vector<Dnsmasq> found;
    for (const std::string& name : listDirectory(root / "proc")) {
        const auto pid = parsePid(name);
        const fs::path proc = root / "proc" / name;
        if (!pid || !isDnsmasqOf(proc, ifname))
            continue;
        const fs::path parent = root / "proc" / parentOf(proc);
        if (!isDnsmasqOf(parent, ifname)) // else it is the helper for scripts, which goes with the main process
            found.push_back({*pid, readAttribute(parent / "comm") != "NetworkManager"});
    }
    return found;
}

} // namespace

bool dnsmasqServes(const fs::path& root, const IfName& ifname) {
    const auto found = findDnsmasqs(root, ifname);
    return std::any_of(found.begin(), found.end(), [](const Dnsmasq& dnsmasq) { return !dnsmasq.orphan; });
}

bool dnsmasqServesOthers(const fs::path& root, const std::optional<IfName>& ifname) {
    const auto processes = listDirectory(root / "proc");
    return std::any_of(processes.begin(), processes.end(), [&](const std::string& pid) {
        const fs::path proc = root / "proc" / pid;
        return startedWith(proc, pidFiles) && !(ifname && isDnsmasqOf(proc, *ifname));
    });
}

bool Orphan::end(const fs::path& root, const IfName& ifname, std::function<void()> gone) {
    const auto found = findDnsmasqs(root, ifname);
    const auto orphan = std::find_if(found.begin(), found.end(), [](const Dnsmasq& dnsmasq) { return dnsmasq.orphan; });
    if (orphan == found.end())
        return false;
    Fd process(openPidfd(orphan->pid)); // the number may have changed hands before: look again behind it
    if (!process || !isDnsmasqOf(root / "proc" / std::to_string(orphan->pid), ifname))
        return false;
    const std::string what = "the dnsmasq (pid " + std::to_string(orphan->pid) +
                             ") that a killed NetworkManager has left on " + ifname.text();
    if (sendSignal(process, SIGTERM) < 0) {
        log::error(systemError(ErrorCode::Failed, "cannot end " + what, errno).what());
        return false;
    }
    log::notice("ending " + what);
    process_ = std::move(process);
    pidFile_ = root / pidFile(ifname);
    gone_ = std::move(gone);
    exit_ = watchFd(process_.get(), G_IO_IN, [this](GIOCondition) { finish(); });
    patience_ = callAt(bootNow() + exitUsec, [this] { insist(); });
    return true;
}

void Orphan::insist() {
    sendSignal(process_, SIGKILL);
    patience_ = callAt(bootNow() + exitUsec, [this] { finish(); });
}

void Orphan::finish() {
    exit_.reset();
    patience_.reset();
    guard("dnsmasq", [this] { removeFile(pidFile_, ErrorCode::Failed); }); // it runs as nobody and cannot do so itself
    std::exchange(gone_, nullptr)();
}

} // namespace otgnet::nm
