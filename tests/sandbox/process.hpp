// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A program that runs beside the test and ends with its object.
#pragma once

#include "base/fd.hpp"
#include "sandbox/wait.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace otgnet::sandbox {

struct ProcessOptions {
    std::vector<std::string> environment{}; ///< "NAME=value", beside the test's own
    int netns = -1;                         ///< fd of the network namespace to run in; -1: ours
    std::optional<uid_t> uid{};             ///< to run as; with its groups; capabilities go
};

/// Its output (stdout and stderr) goes to a file in the world's /run and is shown when the test fails.
class Process {
public:
    /// argv[0] is looked up in PATH. Exit code 127: could not be executed.
    explicit Process(const std::vector<std::string>& argv, const ProcessOptions& options = {});
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process(); ///< kills it if it still runs

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Waits for its end; the exit code, or 128 + the signal.
    int wait(std::chrono::milliseconds time = patience);
    int terminate(); ///< SIGTERM and wait()
    int kill();      ///< SIGKILL and wait()

    std::string output() const; ///< all so far
    /// Waits until the text comes up behind what an earlier expect() has found; answers what lies between.
    std::string expect(const std::string& text, std::chrono::milliseconds time = patience);

private:
    bool running() const { return pid_ > 0 && !exit_; }
    void show() const;

    std::string name_;
    std::filesystem::path log_;
    pid_t pid_ = -1;
    Fd pidfd_;
    std::optional<int> exit_;
    std::size_t seen_ = 0;
};

/// Runs a program to its end and answers its output; a failure throws with it.
std::string run(const std::vector<std::string>& argv, const ProcessOptions& options = {});

} // namespace otgnet::sandbox
