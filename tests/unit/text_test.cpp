// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

struct TextCase {
    const char* name;
    std::string_view raw;
    std::string_view clean;
};

class Printable : public ::testing::TestWithParam<TextCase> {};

TEST_P(Printable, IsSafe) {
    EXPECT_EQ(printable(GetParam().raw), GetParam().clean);
}

using namespace std::string_view_literals;

INSTANTIATE_TEST_SUITE_P(
    Text, Printable,
    ::testing::Values(TextCase{"empty", "", ""}, TextCase{"ascii", "file:1: key: why?", "file:1: key: why?"},
                      TextCase{"umlaut", "Büro-PC", "Büro-PC"},
                      TextCase{"fourBytes", "\xF0\x9F\x96\xA7", "\xF0\x9F\x96\xA7"},
                      TextCase{"lines", "a\r\nb\tc\vd\fe", "a  b c d e"},
                      TextCase{"lineSeparators", "a\u2028b\u2029c", "a b c"}, TextCase{"nul", "a\0b"sv, "a\uFFFDb"},
                      TextCase{"escape", "\x1B[31m", "\uFFFD[31m"}, TextCase{"del", "\x7F", "\uFFFD"},
                      TextCase{"c1", "\xC2\x9B", "\uFFFD"}, TextCase{"loneContinuation", "a\x80z", "a\uFFFDz"},
                      TextCase{"truncated", "a\xE2\x82", "a\uFFFD\uFFFD"},
                      TextCase{"overlong", "\xC0\xAF", "\uFFFD\uFFFD"}, TextCase{"latin1", "B\xFCro", "B\uFFFDro"},
                      TextCase{"surrogate", "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
                      TextCase{"tooLarge", "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
                      TextCase{"noncharacters", "\xEF\xBF\xBE\xEF\xB7\x90\xF0\x9F\xBF\xBF", "\uFFFD\uFFFD\uFFFD"},
                      TextCase{"rightToLeft", "a\xE2\x80\xAEz\xE2\x81\xA6", "a\uFFFDz\uFFFD"}),
    [](const auto& test) { return test.param.name; });

} // namespace
} // namespace otgnet
