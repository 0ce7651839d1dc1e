// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/sequence.hpp"

#include <utility>

namespace otgnet::nm {

void Sequence::run(std::vector<AsyncStep> steps, Done done) {
    jobs_.push_back({std::move(steps), std::move(done)});
    if (jobs_.size() == 1)
        advance();
}

void Sequence::answer(Done done, std::exception_ptr error) {
    answers_.emplace_back(std::move(done), std::move(error));
    soon_ = callSoon([this] { flush(); });
}

void Sequence::advance() {
    Job& job = jobs_.front();
    if (job.next == job.steps.size())
        return complete(nullptr);
    const AsyncStep step = std::move(job.steps[job.next++]);
    const auto next = [this](const std::exception_ptr& error) { error ? complete(error) : advance(); };
    try {
        step(next);
    } catch (...) {
        complete(std::current_exception());
    }
}

void Sequence::complete(const std::exception_ptr& error) {
    answer(std::move(jobs_.front().done), error);
    jobs_.pop_front();
    if (!jobs_.empty())
        advance();
}

void Sequence::flush() {
    for (auto& [done, error] : std::exchange(answers_, {}))
        guard("answer", [&, call = std::move(done)] { call(error); });
}

} // namespace otgnet::nm
