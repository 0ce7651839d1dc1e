// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/ports.hpp"

#include "ctl/settings.hpp"

#include <gtest/gtest.h>

namespace otgnet::ctl {
namespace {

TEST(Ports, AreDecimal) {
    EXPECT_EQ(portFrom("80"), 80);
    EXPECT_EQ(portFrom("080"), 80);
    EXPECT_EQ(portFrom("65535"), 65535);
    for (const char* text : {"", "0", "65536", "0x50", "22-25", "80 ", "+80", "-1", "http"})
        EXPECT_THROW(portFrom(text), UsageError) << text;
}

TEST(Ports, StaySortedAndUnique) {
    EXPECT_EQ(withPorts({443, 80}, {22, 80}), (Ports{22, 80, 443}));
    EXPECT_EQ(withoutPorts({443, 80, 22}, {80, 8080}), (Ports{22, 443}));
    EXPECT_EQ(withoutPorts({}, {80}), Ports{});
}

} // namespace
} // namespace otgnet::ctl
