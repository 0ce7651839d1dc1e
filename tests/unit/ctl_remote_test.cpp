// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/remote.hpp"

#include <gtest/gtest.h>

namespace otgnet::ctl {
namespace {

TEST(Remote, CommandsGoByASshThatAShellTakes) {
    EXPECT_EQ(onMachine("", "rw"), "rw");
    EXPECT_EQ(onMachine("root@pikvm", "rw"), "ssh root@pikvm rw");
    EXPECT_EQ(onMachine("root@pikvm:2222", "rw", "-t "), "ssh -t -p 2222 root@pikvm rw");
    EXPECT_EQ(onMachine("[::1]", "rw"), "ssh ::1 rw");
    EXPECT_EQ(onMachine("root@[fe80::1]:22", "rw"), "ssh -p 22 root@fe80::1 rw");
    EXPECT_EQ(onMachine("a b;$(c)", "rw"), "ssh 'a b;$(c)' rw");
}

TEST(Remote, NoSshLeadsIntoAContainer) {
    for (const std::string host : {"root@pikvm/box", "pikvm:22/box", "pikvm:box", "[::1]/box"})
        EXPECT_EQ(onMachine(host, "rw"), "on " + host + ": rw");
}

TEST(Remote, WordsAreQuotedIfNeedBe) {
    EXPECT_EQ(shellQuoted("root@pikvm:2222"), "root@pikvm:2222");
    EXPECT_EQ(shellQuoted(""), "''");
    EXPECT_EQ(shellQuoted("it's"), "'it'\\''s'");
}

} // namespace
} // namespace otgnet::ctl
