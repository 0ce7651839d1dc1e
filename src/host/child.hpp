// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A program that runs apart from us, in a session and process group of its own.
#pragma once

#include "base/fd.hpp"

#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace otgnet {

class Child {
public:
    /// argv[0] is an absolute path. stdin is /dev/null, the environment is PATH and LANG, no signal is blocked or
    /// ignored. Throws HookFailed.
    explicit Child(const std::vector<std::string>& argv);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child(); ///< kills it unless it was reaped

    int pidfd() const { return pidfd_.get(); }   ///< readable when it has ended
    int output() const { return output_.get(); } ///< its stdout and stderr, non-blocking
    void kill() const;                           ///< with all of its group
    /// How it has ended; once, when it has. Nothing if the kernel does not say.
    std::optional<siginfo_t> reap();

private:
    pid_t pid_ = -1; ///< ours, as is the group, until reaped: no other process can have it
    Fd pidfd_;
    Fd output_;
};

} // namespace otgnet
