// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/child.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>

extern "C" {           // which the header of glibc 2.36 forgets to say
#include <sys/pidfd.h> // NOLINT
}

namespace otgnet {

namespace {

constexpr const char* path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr const char* lang = "LANG=C.UTF-8";

/// The two C objects of posix_spawn.
class Setup {
public:
    explicit Setup(int output) {
        posix_spawnattr_init(&attributes_);
        posix_spawn_file_actions_init(&actions_);
        sigset_t none;
        sigemptyset(&none);
        sigset_t all;
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1); // libnftables leaves its sockets open
    }
    Setup(const Setup&) = delete;
    Setup& operator=(const Setup&) = delete;
    ~Setup() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }

    int run(pid_t& pid, char* const* argv) const {
        std::array<char*, 3> environment{const_cast<char*>(path), const_cast<char*>(lang), nullptr};
        return posix_spawn(&pid, argv[0], &actions_, &attributes_, argv, environment.data());
    }

private:
    posix_spawnattr_t attributes_{};
    posix_spawn_file_actions_t actions_{};
};

std::vector<char*> pointers(const std::vector<std::string>& argv) {
    std::vector<char*> result;
    result.reserve(argv.size() + 1);
    for (const std::string& word : argv)
        result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
}

} // namespace

Child::Child(const std::vector<std::string>& argv) {
    if (argv.empty() || argv.front().substr(0, 1) != "/")
        throw Error(ErrorCode::HookFailed, "a command has to begin with an absolute path");
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) < 0)
        throw systemError(ErrorCode::HookFailed, "cannot make a pipe", errno);
    output_ = Fd(ends[0]);
    const Fd input(ends[1]);
    fcntl(output_.get(), F_SETFL, O_NONBLOCK); // this end only: programs do not expect it of their stdout
    if (const int error = Setup(input.get()).run(pid_, pointers(argv).data()); error != 0)
        throw systemError(ErrorCode::HookFailed, "cannot run " + argv.front(), error);
    pidfd_ = Fd(pidfd_open(pid_, 0));
    if (pidfd_)
        return;
    const int error = errno;
    kill(); // no destructor will
    ::waitpid(pid_, nullptr, 0);
    throw systemError(ErrorCode::HookFailed, "cannot watch " + argv.front(), error);
}

Child::~Child() {
    kill();
}

void Child::kill() const {
    if (pid_ > 0)
        ::kill(-pid_, SIGKILL);
}

std::optional<siginfo_t> Child::reap() {
    siginfo_t info{};
    if (waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG) < 0 || info.si_pid == 0)
        return std::nullopt;
    pid_ = -1;
    return info;
}

} // namespace otgnet
