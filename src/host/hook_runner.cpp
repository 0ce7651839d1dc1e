// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/hook_runner.hpp"

#include "base/log.hpp"
#include "host/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <utility>

namespace otgnet {

namespace {

constexpr std::size_t longestLine = 1000;
constexpr unsigned mostLines = 500; ///< a hook may talk, but not fill the journal
constexpr int mostReadsAtEnd = 16;

/// Output cut into lines for the journal; remembers the last one for the error.
class Lines {
public:
    explicit Lines(std::string prefix) : prefix_(std::move(prefix)) {}

    void add(std::string_view text) {
        for (const char c : text) {
            if (c == '\n')
                flush();
            else if (line_.size() < longestLine)
                line_ += c;
        }
    }

    void flush() {
        if (line_.empty())
            return;
        if (++count_ <= mostLines)
            log::info(prefix_ + ": " + line_);
        else if (count_ == mostLines + 1)
            log::warning(prefix_ + ": too much output, the rest is dropped");
        last_ = std::exchange(line_, {});
    }

    const std::string& last() const { return last_; }

private:
    std::string prefix_;
    std::string line_;
    std::string last_;
    unsigned count_ = 0;
};

std::string quoted(const std::vector<std::string>& argv) {
    std::string text;
    for (const std::string& word : argv)
        text += (text.empty() ? "'" : " ") + word;
    return text + "'";
}

} // namespace

/// A command while it runs.
class HookRunner::Command {
public:
    Command(const std::vector<std::string>& argv, std::chrono::milliseconds timeout, std::function<void()> ended)
        : text_(quoted(argv)), timeout_(timeout), lines_(std::filesystem::path(argv.at(0)).filename()), child_(argv) {
        const auto usec = static_cast<std::uint64_t>(std::chrono::microseconds(timeout).count());
        output_ = watchFd(child_.output(), static_cast<GIOCondition>(G_IO_IN | G_IO_HUP),
                          [this](GIOCondition) { onOutput(); });
        exit_ = watchFd(child_.pidfd(), G_IO_IN, [call = std::move(ended)](GIOCondition) { call(); });
        timer_ = callAt(bootNow() + usec, [this] { onTimeout(); });
    }

    /// To be asked once it has ended: null, or what went wrong.
    std::exception_ptr outcome() {
        const auto end = child_.reap();
        if (!end)
            return failure("cannot be waited for");
        for (int i = 0; i < mostReadsAtEnd && readOutput(); ++i) {
        }
        lines_.flush();
        if (timedOut_)
            return failure("did not end within " + std::to_string(timeout_.count()) + " ms and was killed");
        if (end->si_code != CLD_EXITED)
            return failure("was ended by signal " + std::to_string(end->si_status));
        return end->si_status == 0 ? nullptr : failure("ended with exit code " + std::to_string(end->si_status));
    }

private:
    /// False if there is nothing to read at the moment, or never again.
    bool readOutput() {
        std::array<char, 4096> buffer{};
        const ssize_t size = ::read(child_.output(), buffer.data(), buffer.size());
        if (size > 0)
            lines_.add({buffer.data(), static_cast<std::size_t>(size)});
        return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
    }

    void onOutput() {
        if (!readOutput())
            output_.reset(); // closed; the command may run on
    }

    void onTimeout() {
        timedOut_ = true;
        child_.kill();
    }

    std::exception_ptr failure(const std::string& how) const {
        const std::string said = lines_.last().empty() ? "" : ": " + lines_.last();
        return std::make_exception_ptr(Error(ErrorCode::HookFailed, "command " + text_ + ' ' + how + said));
    }

    std::string text_;
    std::chrono::milliseconds timeout_;
    Lines lines_;
    Child child_;
    bool timedOut_ = false;
    Source output_;
    Source exit_;
    Source timer_;
};

HookRunner::HookRunner(std::chrono::milliseconds timeout) : timeout_(timeout) {}

HookRunner::~HookRunner() = default;

void HookRunner::run(const std::vector<std::string>& argv, Done done) {
    if (done_)
        throw Error(ErrorCode::Busy, "a command is still running");
    done_ = std::move(done);
    try {
        command_ = std::make_unique<Command>(argv, timeout_, [this] { ended(); });
    } catch (const Error&) {
        later_ = callSoon([this, error = std::current_exception()] { answer(error); });
    }
}

void HookRunner::ended() {
    const std::exception_ptr error = command_->outcome();
    command_.reset();
    answer(error);
}

/// The listener may run the next command right away.
void HookRunner::answer(std::exception_ptr error) {
    const Done done = std::exchange(done_, nullptr);
    done(std::move(error));
}

} // namespace otgnet
