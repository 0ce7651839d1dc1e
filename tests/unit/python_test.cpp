// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/python.hpp"
#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace otgnet {
namespace {

Value of(Value::Data data) {
    return Value{std::move(data), {}, {}};
}

TEST(Python, ValuesTurnIntoText) {
    EXPECT_EQ(python::str(of(std::monostate{})), "None");
    EXPECT_EQ(python::str(of(true)), "True");
    EXPECT_EQ(python::str(of(std::int64_t{-5})), "-5");
    EXPECT_EQ(python::str(of(std::string("it's"))), "it's");
    EXPECT_EQ(python::str(of(Value::List{of(std::string("eth0")), of(1.5), of(std::monostate{})})),
              "['eth0', 1.5, None]");
    EXPECT_EQ(python::str(of(Value::Map{{"a", of(false)}})), "{'a': False}");
}

TEST(Python, FloatsLookLikePythons) {
    EXPECT_EQ(python::floatText(80), "80.0");
    EXPECT_EQ(python::floatText(0.1), "0.1");
    EXPECT_EQ(python::floatText(1e16), "1e+16");
    EXPECT_EQ(python::floatText(9999999999999998), "9999999999999998.0");
    EXPECT_EQ(python::floatText(0.0001), "0.0001");
    EXPECT_EQ(python::floatText(0.00001), "1e-05");
    EXPECT_EQ(python::floatText(-HUGE_VAL), "-inf");
    EXPECT_EQ(python::floatText(NAN), "nan");
}

TEST(Python, ReprChoosesQuotesAndEscapes) {
    EXPECT_EQ(python::repr(std::string_view("a b")), "'a b'");
    EXPECT_EQ(python::repr(std::string_view("it's")), "\"it's\"");
    EXPECT_EQ(python::repr(std::string_view("it's \"x\"")), "'it\\'s \"x\"'");
    EXPECT_EQ(python::repr(std::string_view("a\n\t\x07\\")), "'a\\n\\t\\x07\\\\'");
    EXPECT_EQ(python::repr(std::string_view("é€😀")), "'é€😀'");
    EXPECT_EQ(python::repr(std::string_view("\u200b")), "'\\u200b'");
}

TEST(Python, IntTakesWhatIntTakes) {
    EXPECT_EQ(python::toInt(" 1_000 "), 1000);
    EXPECT_EQ(python::toInt("+5"), 5);
    EXPECT_EQ(python::toInt("-08"), -8);
    EXPECT_EQ(python::toInt("٣٣"), 33);
    EXPECT_EQ(python::toInt("0x1F", 16), 31);
    EXPECT_EQ(python::toInt("-5", 16), -5);
    for (const char* text : {"", "_1", "1_", "1__0", "1.0", "0x10", "1e2", "+-1", "99999999999999999999"})
        EXPECT_EQ(python::toInt(text), std::nullopt) << text;
}

TEST(Python, FloatTakesWhatFloatTakes) {
    EXPECT_EQ(python::toFloat(" 1_0.5 "), 10.5);
    EXPECT_EQ(python::toFloat(".5e1"), 5.0);
    EXPECT_EQ(python::toFloat("-Infinity"), -HUGE_VAL);
    EXPECT_EQ(python::toFloat("1e999"), HUGE_VAL);
    EXPECT_EQ(python::toFloat("1e-999"), 0.0);
    EXPECT_TRUE(std::isnan(python::toFloat("NaN").value_or(0)));
    for (const char* text : {"", "nan(1)", "0x1p3", "1._5", "--1", "1e"})
        EXPECT_EQ(python::toFloat(text), std::nullopt) << text;
}

TEST(Python, PathsAreMadeAbsolute) {
    EXPECT_EQ(python::absolutePath("ip"), "/ip");
    EXPECT_EQ(python::absolutePath("/a/./b/../c/"), "/a/c");
    EXPECT_EQ(python::absolutePath("../../x"), "/x");
    EXPECT_EQ(python::absolutePath("//x"), "//x");
    EXPECT_EQ(python::absolutePath("///x"), "/x");
    EXPECT_EQ(python::absolutePath("/"), "/");
}

TEST(Python, NumbersOfAllKindsAreEqual) {
    EXPECT_TRUE(python::equal(of(std::int64_t{1}), of(true)));
    EXPECT_TRUE(python::equal(of(Value::List{of(67.0)}), of(Value::List{of(std::int64_t{67})})));
    EXPECT_FALSE(python::equal(of(std::string("1")), of(std::int64_t{1})));
    EXPECT_FALSE(python::equal(of(std::monostate{}), of(false)));
}

TEST(Utf8, StripsWhatPythonStrips) {
    EXPECT_EQ(utf8::strip("\u2003\t a b \u00a0\n"), "a b");
    EXPECT_EQ(utf8::strip(" \n"), "");
    EXPECT_EQ(utf8::strip("\u200bx"), "\u200bx");
}

TEST(Utf8, BrokenBytesCountAsOne) {
    EXPECT_EQ(utf8::length("a\xff\xc3z"), 4U);
    EXPECT_EQ(utf8::length("é😀"), 2U);
    for (const char* text : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
        EXPECT_FALSE(utf8::valid(text));
    EXPECT_TRUE(utf8::valid("é€😀"));
}

TEST(Utf8, EveryLengthIsWrittenAsItIsRead) {
    for (const char32_t point : {U'a', U'é', U'€', U'😀', char32_t{0x10ffff}}) {
        std::string text;
        utf8::append(text, point);
        std::string_view rest = text;
        EXPECT_EQ(utf8::take(rest), point);
        EXPECT_TRUE(rest.empty());
    }
}

} // namespace
} // namespace otgnet
