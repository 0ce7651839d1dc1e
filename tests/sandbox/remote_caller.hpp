// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// tests/caller as another user: a process of its own, whose lines arrive while the loop runs.
#pragma once

#include "sandbox/process.hpp"

#include "base/loop.hpp"

namespace otgnet::sandbox {

class RemoteCaller {
public:
    /// `arguments` as in tests/caller/main.cpp.
    RemoteCaller(uid_t uid, std::vector<std::string> arguments);
    RemoteCaller(const RemoteCaller&) = delete;
    RemoteCaller& operator=(const RemoteCaller&) = delete;

    /// Runs the loop until a line begins with the word; answers the rest of it.
    std::string expect(const std::string& word);
    /// Runs the loop until the call is answered: "RETURN" or the error's name.
    std::string outcome();
    bool hasSaid(const std::string& word) const { return said_.find("\n" + word + " ") != std::string::npos; }
    Process& process() { return *process_; }

private:
    std::string said_ = "\n";
    Fd fifo_;
    Source source_;
    std::optional<Process> process_;
};

} // namespace otgnet::sandbox
