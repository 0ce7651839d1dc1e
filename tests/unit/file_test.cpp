// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"

#include "base/fd.hpp"
#include "support/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

namespace otgnet {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class File : public ::testing::Test {
protected:
    ~File() override { fs::remove_all(directory_); }

    static void makeFifo(const fs::path& path) { ASSERT_EQ(::mkfifo(path.c_str(), 0666), 0); }
    void write(const std::string& text) const { writeFileAtomic(path_, text, 0640, ErrorCode::ReadOnly); }
    /// What it throws, "" if it does not.
    static std::string failureOf(const std::function<void()>& call) {
        try {
            call();
            return {};
        } catch (const Error& error) {
            return error.what();
        }
    }

    const fs::path directory_ = support::makeTemporaryDirectory("file");
    const fs::path path_ = directory_ / "settings";
};

/// A lease of another process or of ours on a file makes everybody else's open(2) wait for up to 45 seconds.
class Lease {
public:
    Lease(const fs::path& path, int type) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        std::signal(SIGIO, SIG_IGN); // the kernel asks for it back
        EXPECT_EQ(::fcntl(file_.get(), F_SETLEASE, type), 0);
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { std::signal(SIGIO, SIG_DFL); }

private:
    Fd file_;
};

/// The disk is full after so many bytes of a file.
class Limit {
public:
    explicit Limit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, SIG_DFL);
    }

private:
    rlimit before_{};
};

TEST_F(File, IsReplacedWhole) {
    write("old and long");
    write("new");
    EXPECT_EQ(readFileIfExists(path_), "new");
    EXPECT_EQ(fs::status(path_).permissions(), static_cast<fs::perms>(0640));
    EXPECT_THAT(listDirectory(directory_), ElementsAre("settings"));
}

TEST_F(File, IsWrittenWhateverSomebodyHasPutInTheWay) {
    const fs::path temporary = directory_ / ".settings.new";
    const fs::path victim = directory_ / "victim";
    makeFifo(temporary); // opened, it would block us until somebody reads
    write("fifo");
    EXPECT_EQ(readFileIfExists(path_), "fifo");

    std::ofstream(victim) << "theirs";
    fs::create_hard_link(victim, temporary); // its owner could go on writing
    write("link");
    EXPECT_EQ(readFileIfExists(path_), "link");

    fs::create_symlink(victim, temporary);
    write("symlink");
    EXPECT_EQ(readFileIfExists(path_), "symlink");
    EXPECT_EQ(readFileIfExists(victim), "theirs");
    EXPECT_THAT(listDirectory(directory_), ElementsAre("settings", "victim"));
}

TEST_F(File, LeavesNothingBehindWhereTheDiskIsFull) {
    write("old");
    const std::string text(100, 'x');
    EXPECT_THAT(failureOf([&] {
                    const Limit limit(10);
                    write(text);
                }),
                HasSubstr("cannot write " + (directory_ / ".settings.new").string()));
    EXPECT_EQ(readFileIfExists(path_), "old");
    EXPECT_THAT(listDirectory(directory_), ElementsAre("settings"));
}

TEST_F(File, LeavesNothingBehindWhereItCannotBeReplaced) {
    fs::create_directories(path_ / "full");
    EXPECT_THAT(failureOf([&] { write("x"); }), HasSubstr("cannot replace " + path_.string()));
    EXPECT_THAT(listDirectory(directory_), ElementsAre("settings"));
}

TEST_F(File, ThatIsNoFileIsNotRead) {
    EXPECT_EQ(readFileIfExists(path_), std::nullopt);
    EXPECT_EQ(readFileIfExists(path_ / "below"), std::nullopt);
    makeFifo(path_);
    EXPECT_THAT(failureOf([&] { readFileIfExists(path_); }), HasSubstr(path_.string() + " is no regular file"));
    EXPECT_EQ(readAttribute(path_), "");
    const Fd writer(::open(path_.c_str(), O_RDWR | O_CLOEXEC)); // with nothing to say, for now
    EXPECT_THAT(failureOf([&] { readFileIfExists(path_); }), HasSubstr("is no regular file"));
    EXPECT_THAT(failureOf([] { readFileIfExists("/dev/zero"); }), HasSubstr("is no regular file"));
    EXPECT_THAT(failureOf([&] { readFileIfExists(directory_); }), HasSubstr("is no regular file"));
}

TEST_F(File, ADirectoryThatIsNoneIsEmptyOrAnError) {
    EXPECT_THAT(listDirectoryIfExists(path_), IsEmpty());
    write("x");
    EXPECT_THAT(listDirectoryIfExists(directory_), ElementsAre("settings"));
    EXPECT_THAT(listDirectory(path_), IsEmpty());
    EXPECT_THAT(failureOf([&] { listDirectoryIfExists(path_); }),
                HasSubstr("cannot list " + path_.string() + ": Not a directory"));
}

TEST_F(File, ThatSomebodyHasTakenALeaseOnIsNotWaitedFor) {
    write("theirs");
    {
        const Lease lease(path_, F_WRLCK);
        EXPECT_THAT(failureOf([&] { readFileIfExists(path_); }), HasSubstr("cannot open " + path_.string()));
    }
    const Lease lease(path_, F_RDLCK);
    EXPECT_THAT(failureOf([&] { writeAttribute(path_, "x", ErrorCode::KernelSupport); }),
                HasSubstr("cannot open " + path_.string()));
}

} // namespace
} // namespace otgnet
