// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/process.hpp"

#include "base/file.hpp"
#include "sandbox/system_call.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <utility>

namespace otgnet::sandbox {

namespace {

constexpr std::size_t outputLimit = 16 << 20;
constexpr std::size_t shownOutput = 16 << 10;

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (const auto& string : strings)
        result.push_back(const_cast<char*>(string.c_str()));
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> environment(const std::vector<std::string>& extra) {
    std::vector<std::string> result = extra; // getenv takes the first of two
    for (char** entry = environ; *entry != nullptr; ++entry)
        result.emplace_back(*entry);
    return result;
}

std::filesystem::path logPath(const std::string& name) {
    static unsigned count = 0;
    std::filesystem::create_directories("/run/sandbox");
    return "/run/sandbox/" + std::to_string(++count) + "-" + name + ".log";
}

/// As after a login: newer polkitds look at the process, not at /etc/group.
std::vector<gid_t> groupsOf(uid_t uid) {
    const passwd* const user = ::getpwuid(uid);
    if (user == nullptr)
        return {};
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    if (::getgrouplist(user->pw_name, user->pw_gid, groups.data(), &count) < 0)
        return {};
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

bool becomeUser(uid_t uid, const std::vector<gid_t>& groups) {
    return ::setgroups(groups.size(), groups.data()) == 0 && ::setresgid(uid, uid, uid) == 0 &&
           ::setresuid(uid, uid, uid) == 0;
}

/// Between fork and exec: only what is safe there.
[[noreturn]] void becomeProgram(char* const* argv, char* const* env, int log, const ProcessOptions& options,
                                const std::vector<gid_t>& groups) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const bool ready = (options.netns < 0 || ::setns(options.netns, CLONE_NEWNET) == 0) && ::dup2(log, 1) == 1 &&
                       ::dup2(log, 2) == 2 && ::chdir("/") == 0 && (!options.uid || becomeUser(*options.uid, groups));
    if (ready)
        ::execvpe(argv[0], argv, env);
    ::_exit(127);
}

} // namespace

Process::Process(const std::vector<std::string>& argv, const ProcessOptions& options)
    : name_(std::filesystem::path(argv.at(0)).filename()), log_(logPath(name_)) {
    const std::vector<std::string> env = environment(options.environment);
    const std::vector<char*> argvPointers = pointers(argv);
    const std::vector<char*> envPointers = pointers(env);
    // an earlier run in the same guest may have left one of that name
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC;
    Fd log(checked(::open(log_.c_str(), flags, 0644), "create " + log_.string()));
    const std::vector<gid_t> groups = options.uid ? groupsOf(*options.uid) : std::vector<gid_t>{};
    std::fflush(nullptr);
    pid_ = checked(::fork(), "fork");
    if (pid_ == 0)
        becomeProgram(argvPointers.data(), envPointers.data(), log.get(), options, groups);
    pidfd_ = Fd(static_cast<int>(checked(::syscall(SYS_pidfd_open, pid_, 0), "open a pidfd")));
}

Process::Process(Process&& other) noexcept
    : name_(std::move(other.name_)), log_(std::move(other.log_)), pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)), exit_(other.exit_), seen_(other.seen_) {}

Process& Process::operator=(Process&& other) noexcept {
    Process moved(std::move(other));
    std::swap(name_, moved.name_);
    std::swap(log_, moved.log_);
    std::swap(pid_, moved.pid_);
    std::swap(pidfd_, moved.pidfd_);
    std::swap(exit_, moved.exit_);
    std::swap(seen_, moved.seen_);
    return *this;
}

Process::~Process() {
    if (pid_ < 0)
        return;
    if (running()) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    if (::testing::Test::HasFailure() || std::uncaught_exceptions() > 0)
        show();
}

void Process::show() const {
    std::string text = output();
    if (text.size() > shownOutput)
        text.erase(0, text.size() - shownOutput);
    std::fprintf(stderr, "--- output of %s[%d] ---\n%s\n", name_.c_str(), static_cast<int>(pid_), text.c_str());
}

void Process::signal(int number) const {
    if (running())
        checked(::kill(pid_, number), "signal " + name_);
}

int Process::wait(std::chrono::milliseconds time) {
    if (exit_)
        return *exit_;
    waitReadable(pidfd_.get(), Deadline(time), "the end of " + name_);
    int status = 0;
    checked(::waitpid(pid_, &status, 0), "wait for " + name_);
    exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return *exit_;
}

int Process::terminate() {
    signal(SIGTERM);
    return wait();
}

int Process::kill() {
    signal(SIGKILL);
    return wait();
}

std::string Process::output() const {
    return readFileIfExists(log_, outputLimit).value_or("");
}

std::string Process::expect(const std::string& text, std::chrono::milliseconds time) {
    const Deadline deadline(time);
    Fd watch(checked(::inotify_init1(IN_CLOEXEC), "watch " + log_.string()));
    checked(::inotify_add_watch(watch.get(), log_.c_str(), IN_MODIFY), "watch " + log_.string());
    for (;;) {
        const std::string all = output();
        if (const auto found = all.find(text, seen_); found != std::string::npos) {
            const std::string before = all.substr(seen_, found - seen_);
            seen_ = found + text.size();
            return before;
        }
        waitReadable(watch.get(), deadline, "'" + text + "' from " + name_);
        std::array<char, 4096> events{};
        checked(::read(watch.get(), events.data(), events.size()), "read " + log_.string());
    }
}

std::string run(const std::vector<std::string>& argv, const ProcessOptions& options) {
    Process process(argv, options);
    const int code = process.wait();
    std::string output = process.output();
    if (code == 0)
        return output;
    std::string command;
    for (const auto& word : argv)
        command += word + " ";
    throw std::runtime_error(command + "ended with " + std::to_string(code) + ": " + output);
}

} // namespace otgnet::sandbox
