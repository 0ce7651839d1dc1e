// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A NetworkManager that runs and does not answer.

#include "sandbox/nm_link.hpp"

#include <csignal>

namespace otgnet::nm {
namespace {

using ::testing::HasSubstr;

class NmDeaf : public NmLink {
protected:
    void TearDown() override {
        manager_->signal(SIGCONT);
        NmLink::TearDown();
    }

    void waitForChance() {
        sandbox::loopUntil([&] { return !recorder_.troubles.empty() && !recorder_.troubles.back(); }, "a chance");
    }
};

TEST_F(NmDeaf, IsTakenOnceItAnswers) {
    startManager();
    manager_->signal(SIGSTOP);
    makeLink();
    EXPECT_THAT(publish(), HasSubstr("does not answer"));
    EXPECT_EQ(withdraw(), "");
    manager_->signal(SIGCONT);
    waitForChance();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
}

TEST_F(NmDeaf, IsTakenOnceItAnswersAgain) {
    startManager();
    makeLink();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(withdraw(), "");
    manager_->signal(SIGSTOP);
    EXPECT_THAT(publish(), HasSubstr("NetworkManager does not look for the connection otgnet"));
    EXPECT_THAT(publish(), HasSubstr("does not answer")); // known now
    EXPECT_EQ(withdraw(), "");
    manager_->signal(SIGCONT);
    waitForChance();
    EXPECT_EQ(publish(), "");
    EXPECT_EQ(settle(), "");
}

/// What it cannot be told now it must not have for ever.
TEST_F(NmDeaf, LetsTheLinkGoWhenItAnswersAgain) {
    bringUp();
    manager_->signal(SIGSTOP);
    EXPECT_EQ(withdraw(), "");
    for (const char* path : {managedConfPath, dnsmasqConfPath, profilePath})
        EXPECT_FALSE(std::filesystem::exists(path)) << path;
    manager_->signal(SIGCONT);
    sandbox::loopUntil(
        [] {
            return sandbox::run({"nmcli", "-g", "NAME", "connection"}).find("otgnet") == std::string::npos;
        },
        "the end of the connection");
}

} // namespace
} // namespace otgnet::nm
