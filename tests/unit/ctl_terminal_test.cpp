// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/terminal.hpp"

#include <gtest/gtest.h>

namespace otgnet::ctl {
namespace {

TEST(Colours, OnlyOnATerminal) {
    EXPECT_TRUE(wantsColours(true, {.term = "xterm"}));
    EXPECT_FALSE(wantsColours(false, {.term = "xterm"}));
    for (const char* term : {"dumb", "", static_cast<const char*>(nullptr)})
        EXPECT_FALSE(wantsColours(true, {.term = term}));
}

TEST(Colours, NoColorForbidsThem) {
    EXPECT_FALSE(wantsColours(true, {.noColor = "1", .term = "xterm"}));
    EXPECT_TRUE(wantsColours(true, {.noColor = "", .term = "xterm"}));
}

TEST(Colours, SystemdColorsDecidesFirst) {
    EXPECT_TRUE(wantsColours(false, {.systemdColors = "1", .noColor = "1"}));
    EXPECT_TRUE(wantsColours(false, {.systemdColors = "256"}));
    EXPECT_FALSE(wantsColours(true, {.systemdColors = "false", .term = "xterm"}));
    EXPECT_TRUE(wantsColours(true, {.systemdColors = "", .term = "xterm"}));
}

} // namespace
} // namespace otgnet::ctl
