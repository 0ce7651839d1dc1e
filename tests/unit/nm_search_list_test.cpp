// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/search_list.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace otgnet::nm {
namespace {

using namespace std::string_view_literals;
using Names = std::vector<std::string>;

std::optional<Names> parse(std::string_view bytes) {
    return parseSearchList({bytes.begin(), bytes.end()});
}

TEST(NmSearchList, HoldsNames) {
    EXPECT_EQ(parse("\3eng\5apple\3com\0"sv), Names{"eng.apple.com"});
    EXPECT_EQ(parse("\1a\0\1b\0"sv), (Names{"a", "b"}));
    // the example of RFC 3397, 2
    EXPECT_EQ(parse("\3eng\5apple\3com\0\11marketing\xc0\4"sv), (Names{"eng.apple.com", "marketing.apple.com"}));
}

TEST(NmSearchList, RefusesWhatIsNone) {
    for (const std::string_view bytes : {""sv, "\0"sv, "\3eng"sv, "\5eng\0"sv, "\xc0\0"sv, "\1a\xc0\0"sv, "\1a\xc0"sv,
                                         "\1a\0\xc0\5"sv, "\1,\0"sv, "\2a\n\0"sv, "\1#\0"sv, "\100a\0"sv})
        EXPECT_EQ(parse(bytes), std::nullopt) << bytes;
}

} // namespace
} // namespace otgnet::nm
