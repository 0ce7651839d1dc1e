// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Runs the user's own commands, one at a time and not for ever.
#pragma once

#include "base/loop.hpp"
#include "core/ports.hpp"

#include <chrono>

namespace otgnet {

/// Longer than the start of any service takes; what wants to stay has to go into the background.
constexpr std::chrono::seconds hookTimeout{30};

class HookRunner : public HookPort {
public:
    explicit HookRunner(std::chrono::milliseconds timeout = hookTimeout);
    ~HookRunner() override; ///< kills what still runs; its Done is not called

    /// argv[0] is an absolute path. No shell, a clean environment, a session of its own. The output goes to the journal
    /// while the command runs. HookFailed: cannot be started, ends with another exit code than 0 or by a signal, or not
    /// in time: then its whole process group is killed.
    void run(const std::vector<std::string>& argv, Done done) override;

private:
    class Command;
    void answer(std::exception_ptr error);
    void ended();

    std::chrono::milliseconds timeout_;
    Done done_;
    std::unique_ptr<Command> command_;
    Source later_;
};

} // namespace otgnet
