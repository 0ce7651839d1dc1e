// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/hook_runner.hpp"

#include "base/fd.hpp"
#include "support/temporary_directory.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

namespace otgnet {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Hooks : public ::testing::Test {
protected:
    /// Runs to the end; "" or the text of the error.
    static std::string outcome(HookRunner& runner, const std::vector<std::string>& argv) {
        bool done = false;
        std::string text;
        runner.run(argv, [&](const std::exception_ptr& error) {
            EXPECT_FALSE(done);
            done = true;
            text = textOf(error);
        });
        EXPECT_FALSE(done) << "called back before the verb has returned";
        while (!done)
            g_main_context_iteration(nullptr, TRUE);
        return text;
    }

    static std::string textOf(const std::exception_ptr& error) {
        try {
            if (error)
                std::rethrow_exception(error);
            return "";
        } catch (const Error& e) {
            EXPECT_EQ(e.code(), ErrorCode::HookFailed);
            return e.what();
        }
    }

    std::string shell(const std::string& script) { return outcome(runner_, {"/bin/sh", "-c", script}); }

    /// What is logged meanwhile.
    std::string said(const std::string& script) {
        ::testing::internal::CaptureStderr();
        EXPECT_EQ(shell(script), "");
        return ::testing::internal::GetCapturedStderr();
    }

    HookRunner runner_;
};

TEST_F(Hooks, AreRunOneAfterTheOther) {
    EXPECT_EQ(outcome(runner_, {"/bin/true", "pre-start"}), "");
    EXPECT_EQ(shell("exit 0"), "");
    EXPECT_EQ(shell("cat"), ""); // nothing on stdin
}

TEST_F(Hooks, MayBeRunOutOfTheAnswerOfAnother) {
    int done = 0;
    runner_.run({"/bin/true"}, [&](const std::exception_ptr&) {
        ++done;
        runner_.run({"/bin/true"}, [&](const std::exception_ptr&) { ++done; });
    });
    EXPECT_THROW(runner_.run({"/bin/true"}, {}), Error);
    while (done < 2)
        g_main_context_iteration(nullptr, TRUE);
}

TEST_F(Hooks, TellHowTheyFailed) {
    EXPECT_EQ(shell("echo one; echo two >&2; exit 3"),
              "command '/bin/sh -c echo one; echo two >&2; exit 3' ended with exit code 3: two");
    EXPECT_EQ(shell("kill -9 $$"), "command '/bin/sh -c kill -9 $$' was ended by signal 9");
    EXPECT_EQ(outcome(runner_, {"/nonexistent"}), "cannot run /nonexistent: No such file or directory");
    EXPECT_EQ(outcome(runner_, {"/etc/passwd"}), "cannot run /etc/passwd: Permission denied");
    EXPECT_THAT(outcome(runner_, {"true"}), HasSubstr("absolute path"));
}

TEST_F(Hooks, StartCleanly) {
    setenv("OTGNET_TEST_SECRET", "x", 1);
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    EXPECT_THAT(said("env"), AllOf(HasSubstr("sh: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"),
                                   HasSubstr("sh: LANG=C.UTF-8\n"), ::testing::Not(HasSubstr("SECRET"))));
    EXPECT_THAT(shell("kill -PIPE $$"), EndsWith("was ended by signal 13"));
    std::signal(SIGPIPE, before);
    EXPECT_THAT(said("ls /proc/self/fd | tr '\\n' ' '"), "sh: 0 1 2 3 \n"); // 3 is of ls itself
}

TEST_F(Hooks, AreHeardLineByLine) {
    EXPECT_EQ(said("echo one; printf two; printf '\\n\\nthree' >&2"), "sh: one\nsh: two\nsh: three\n");
}

TEST_F(Hooks, CannotFloodTheJournal) {
    const std::string text = said("yes | head -100000; head -c 1000000 /dev/zero | tr '\\0' x");
    EXPECT_LT(text.size(), 10000U);
    EXPECT_THAT(text, EndsWith("sh: too much output, the rest is dropped\n"));
    EXPECT_LT(said("head -c 1000000 /dev/zero | tr '\\0' x").size(), 1100U);
}

TEST_F(Hooks, MayLeaveSomethingInTheBackground) {
    EXPECT_EQ(shell("sleep 1000 > /dev/null & echo started"), "");
    EXPECT_EQ(shell("sleep 1000 & echo holds the pipe"), "");
}

/// A pipe with a name, whose other end the command's children hold.
class HooksAndTheirChildren : public Hooks {
protected:
    HooksAndTheirChildren() {
        mkfifo(pipe().c_str(), 0600);
        reader_ = Fd(::open(pipe().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        script_ = "(echo started; exec sleep 1000) > " + pipe() + " & wait";
    }
    ~HooksAndTheirChildren() override { std::filesystem::remove_all(directory_); }

    std::string pipe() const { return directory_ / "pipe"; }

    bool awaits(short event) const {
        pollfd poll{.fd = reader_.get(), .events = event, .revents = 0};
        return ::poll(&poll, 1, 10000) == 1 && (poll.revents & event) != 0;
    }

    const std::filesystem::path directory_ = support::makeTemporaryDirectory("hooks");
    Fd reader_;
    std::string script_;
};

TEST_F(HooksAndTheirChildren, DieWhenTheirTimeIsOver) {
    HookRunner impatient(std::chrono::milliseconds(300));
    EXPECT_THAT(outcome(impatient, {"/bin/sh", "-c", "echo last words; " + script_}),
                EndsWith("did not end within 300 ms and was killed: last words"));
    EXPECT_TRUE(awaits(POLLHUP));
}

TEST_F(HooksAndTheirChildren, DieWithTheRunner) {
    bool called = false;
    {
        HookRunner runner;
        runner.run({"/bin/sh", "-c", script_}, [&](const std::exception_ptr&) { called = true; });
        EXPECT_TRUE(awaits(POLLIN));
    }
    EXPECT_TRUE(awaits(POLLHUP));
    EXPECT_FALSE(called);
}

} // namespace
} // namespace otgnet
