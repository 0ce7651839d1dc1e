// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/namespaces.hpp"

#include "sandbox/system_call.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

namespace otgnet::sandbox {

namespace {

int exitCode(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int waitFor(pid_t child) {
    for (;;) {
        int status = 0;
        const pid_t pid = ::waitpid(-1, &status, 0);
        if (pid == child)
            return exitCode(status);
        if (pid < 0 && errno != EINTR)
            return 1;
    }
}

/// The test process adopts orphans (a NetworkManager that is killed leaves its dnsmasq), so that it can end them.
int runTests(const std::function<int()>& body) {
    checked(::prctl(PR_SET_CHILD_SUBREAPER, 1), "become a subreaper");
    ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    ::unsetenv("NOTIFY_SOCKET");
    return body();
}

/// As process 1: signals without a handler do not reach it, so the tests run in a child.
int runFirst(const std::function<int()>& body) {
    checked(::prctl(PR_SET_PDEATHSIG, SIGKILL), "follow the parent");
    // EINVAL in a chroot: then its directory has to be a mount point (mount --bind DIR DIR)
    checked(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make the mounts below / private");
    std::filesystem::create_directories("/run/sandbox"); // of our own also where no World hides the machine's /run
    checked(::mount("tmpfs", "/run/sandbox", "tmpfs", MS_NOSUID | MS_NODEV, nullptr), "mount /run/sandbox");
    checked(::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), "mount /proc");
    const pid_t child = checked(::fork(), "fork");
    if (child == 0)
        std::exit(runTests(body));
    return waitFor(child);
}

} // namespace

int runInside(const std::function<int()>& body) {
    try {
        checked(::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC),
                "make namespaces (these tests need root)");
        std::fflush(nullptr);
        const pid_t first = checked(::fork(), "fork");
        if (first == 0)
            std::_Exit(runFirst(body));
        return waitFor(first);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "sandbox: %s\n", e.what());
        return 1;
    }
}

} // namespace otgnet::sandbox
