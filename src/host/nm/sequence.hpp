// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Steps that answer later, one after the other; a list of them waits for the list before it. The first step that
/// fails (throws, or answers an error) ends its list.
#pragma once

#include "base/loop.hpp"
#include "core/ports.hpp"

#include <deque>
#include <vector>

namespace otgnet::nm {

using AsyncStep = std::function<void(Done)>;

class Sequence {
public:
    /// `done` is called from the loop, never from inside run().
    void run(std::vector<AsyncStep> steps, Done done);
    /// Calls `done` with it at the next turn of the loop.
    void answer(Done done, std::exception_ptr error);

private:
    struct Job {
        std::vector<AsyncStep> steps;
        Done done;
        std::size_t next = 0;
    };

    void advance();
    void complete(const std::exception_ptr& error);
    void flush();

    std::deque<Job> jobs_;
    std::vector<std::pair<Done, std::exception_ptr>> answers_;
    Source soon_;
};

} // namespace otgnet::nm
