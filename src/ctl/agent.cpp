// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/agent.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

extern char** environ;

namespace otgnet::ctl {

namespace {

/// The agent asks on the controlling terminal, so the output may go where it likes.
bool personIsThere() {
    return geteuid() != 0 && isatty(STDIN_FILENO) != 0 && Fd(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
}

pid_t spawnAgent(int notifyFd) {
    constexpr int notifyTarget = 3;
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, notifyFd, notifyTarget);
    char name[] = "pkttyagent";
    char notify[] = "--notify-fd";
    char number[] = "3";
    char fallback[] = "--fallback"; // an agent of the desktop goes first
    char* const argv[] = {name, notify, number, fallback, nullptr};
    pid_t child = -1;
    const int result = posix_spawnp(&child, name, &actions, nullptr, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return result == 0 ? child : -1;
}

/// pkttyagent closes its end when polkit knows of it, and at its death.
void awaitClosed(int fd) {
    char byte = 0;
    ssize_t got = 0;
    do
        got = ::read(fd, &byte, 1);
    while (got > 0 || (got < 0 && errno == EINTR));
}

} // namespace

PasswordAgent::PasswordAgent() {
    int ends[2] = {-1, -1};
    if (!personIsThere() || pipe2(ends, O_CLOEXEC) < 0)
        return;
    const Fd ours(ends[0]);
    {
        const Fd theirs(ends[1]);
        child_ = spawnAgent(theirs.get());
    }
    awaitClosed(ours.get());
}

PasswordAgent::~PasswordAgent() {
    if (child_ < 0)
        return;
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
}

} // namespace otgnet::ctl
