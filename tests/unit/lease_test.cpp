// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/lease.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

TEST(CleanHostname, GoodOnesStay) {
    for (const char* name : {"", "testpc", "my pc", "b\xc3\xbcro", "\xe2\x82\xac", "\xf0\x9f\x96\xa5"})
        EXPECT_EQ(cleanHostname(name), name);
    EXPECT_EQ(cleanHostname(std::string(253, 'a')).size(), 253U);
}

TEST(CleanHostname, BadOnesGo) {
    for (const char* name : {"a\nb", "a\x1b[2J", "a\x7f", "\xc2\x85", "\xff", "\xc3", "\xc3(", "\xc0\xaf",
                             "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80",
                             "a\xe2\x80\xae"
                             "b",
                             "\xe2\x80\xa8", "\xe2\x82"})
        EXPECT_EQ(cleanHostname(name), "") << name;
    EXPECT_EQ(cleanHostname(std::string_view("a\0b", 3)), "");
    EXPECT_EQ(cleanHostname(std::string(254, 'a')), "");
}

} // namespace
} // namespace otgnet
