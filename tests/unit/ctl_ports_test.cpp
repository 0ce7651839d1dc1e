// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/ports.hpp"

#include <gtest/gtest.h>

namespace otgnet::ctl {
namespace {

TEST(Ports, StaySortedAndUnique) {
    EXPECT_EQ(withPorts({443, 80}, {22, 80}), (Ports{22, 80, 443}));
    EXPECT_EQ(withoutPorts({443, 80, 22}, {80, 8080}), (Ports{22, 443}));
    EXPECT_EQ(withoutPorts({}, {80}), Ports{});
}

} // namespace
} // namespace otgnet::ctl
