// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/agent.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

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
    std::array<std::string, 4> words{"pkttyagent", "--notify-fd", std::to_string(notifyTarget),
                                     "--fallback"}; // an agent of the desktop goes first
    const std::array<char*, 5> argv{words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    pid_t child = -1;
    const int result = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
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
    std::array<int, 2> ends{-1, -1};
    if (!personIsThere() || pipe2(ends.data(), O_CLOEXEC) < 0)
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
