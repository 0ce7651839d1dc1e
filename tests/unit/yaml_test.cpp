// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/config.hpp"
#include "core/python.hpp"
#include "host/yaml_files.hpp"
#include "unit/config_tree.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

/// The value of key "a", as Python writes it; or the error.
std::string read(const std::string& text) {
    test::ConfigTree tree;
    tree.write("x.yaml", text);
    try {
        const Value value = *YamlFiles(tree.root()).load(tree.root() / "x.yaml");
        return python::repr(std::get<Value::Map>(value.data).at("a"));
    } catch (const ConfigError& error) {
        return "line " + std::to_string(error.place().line);
    }
}

TEST(Yaml, ScalarsAreThoseOfYaml11) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {"yes", "'yes'"},
        {"On", "'On'"},
        {"true", "True"},
        {"FALSE", "False"},
        {"tRue", "'tRue'"},
        {"~", "None"},
        {"Null", "None"},
        {"", "None"},
        {"0x1F", "31"},
        {"-0x1f", "-31"},
        {"017", "15"},
        {"08", "'08'"},
        {"0o17", "'0o17'"},
        {"0b11", "3"},
        {"1_000", "1000"},
        {"_1", "'_1'"},
        {"1:30", "90"},
        {"1:60", "'1:60'"},
        {"1:30.5", "90.5"},
        {"1e5", "'1e5'"},
        {"1.0e5", "'1.0e5'"},
        {"1.0e+5", "100000.0"},
        {".5", "0.5"},
        {"5.", "5.0"},
        {".", "'.'"},
        {".inf", "inf"},
        {"-.INF", "-inf"},
        {".NaN", "nan"},
        {"2001-01-01", "'2001-01-01'"},
        {"2001-1-1", "'2001-1-1'"},
        {"2001-1-1 1:02:03.5 -5:30", "'2001-01-01 01:02:03.500000-05:30'"},
        {"12:34:56:12:34:56", "9783981296"},
        {"42:61:64:55:53:42", "'42:61:64:55:53:42'"},
        {"0xFFFFFFFFFFFFFFFFFFFF", "'1208925819614629174706175'"},
        {"99999999999999999999", "'99999999999999999999'"},
        {"'5'", "'5'"},
        {"! 5", "5"},
        {"!!str 5", "'5'"},
        {"!!int '5'", "5"},
        {"!!float 3", "3.0"},
        {"!!bool yes", "True"},
        {"!!null x", "None"},
        {"!!binary aGk=", "\"b'hi'\""},
        {"!!binary 'aG?k=junk'", "\"b'hi'\""},
        {"!!binary aA==", "\"b'h'\""},
        {"[1, 'a', {b: c}]", "[1, 'a', {'b': 'c'}]"},
        {"!!set {x}", "\"{'x'}\""}};
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(read(std::string("a: ") + text), expected) << text;
}

TEST(Yaml, WhatPythonRefusesIsAnErrorWithItsLine) {
    for (const char* text : {"=",
                             "<<",
                             "2001-99-99",
                             "!!int x",
                             "!foo x",
                             "!!python/none x",
                             "*b",
                             "@x",
                             "%x",
                             "- b",
                             "\tb",
                             "b\t",
                             "[1,\t2]",
                             "0x_",
                             "0b_",
                             "!!seq {}",
                             "b: c",
                             "{? [1] : 2}",
                             "!!bool x",
                             "!!binary aGk",
                             "!!binary a",
                             "!!binary é=",
                             "[!!str, b]",
                             "[b, !!str]",
                             "{? !!set {b} : c}",
                             "{? [] : c}",
                             "[b?c]",
                             "&x &y b",
                             "&x [&x b]",
                             "!include {b: c}",
                             "\"\\q\"",
                             "'",
                             "[",
                             "{b: 1,, c: 2}"})
        EXPECT_EQ(read(std::string("\na: ") + text).substr(0, 5), "line ") << text;
    EXPECT_EQ(read("x: 1\na: !foo {}\n"), "line 2");
    EXPECT_EQ(read("a: 1\n---\na: 2\n"), "line 2");
    EXPECT_EQ(read("- a\n"), "line 1");
    EXPECT_EQ(read("a: \x01"), "line 1");
    EXPECT_EQ(read("x: 1\na: \xff\xfe"), "line 2");
    EXPECT_EQ(read("x: 1\r\ny: '\n'\na: \x1b"), "line 4");
    EXPECT_EQ(read(std::string(5000, '\n') + "a: \xc3"), "line 5001"); // libyaml reads ahead
}

TEST(Yaml, WhatPythonTakesIsTaken) {
    EXPECT_EQ(read("\xef\xbb\xbf"
                   "b: 1\r\na: 1\r\n"),
              "1");
    EXPECT_EQ(read("%YAML 1.1\n---\na: 1\n...\n"), "1");
    EXPECT_EQ(read("# x\n%YAML  1.0 # y\n\n%FOO bar\n---\na: 1\n"), "1");
    EXPECT_EQ(read("%YAML 1.37\n%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n"), "'1'");
    EXPECT_EQ(read("%FOO\n---\n@\n"), "line 3");
    EXPECT_EQ(read("%FOO\na: 1\n"), "line 2"); // a directive needs a ---
    for (const char* bad : {"%YAML 2.0", "%YAML 1.", "%YAML 1.1x", "%YAML", "%", "%FOO!", "%\tFOO", "%YAML\t1.1"})
        EXPECT_EQ(read(std::string(bad) + "\n---\na: 1\n"), "line 1") << bad;
    EXPECT_EQ(read("{a: !!str , b: [!!str ]}"), "''");
    EXPECT_EQ(read("{a:[1],b:{}}"), "[1]");
    EXPECT_EQ(read("a: '\t' # x\ty\n"), "'\\t'");
    EXPECT_EQ(read("x: why? # really?\na: b?\n"), "'b?'");
    EXPECT_EQ(read("a: 1\na: 2\n"), "2");
    EXPECT_EQ(read("? a\n: b\n"), "'b'");
    EXPECT_EQ(read("a: |\n  x\n\ty\n"), "line 3");
    EXPECT_EQ(read("a: >-\n  x\n  y\n"), "'x y'");
    EXPECT_EQ(read("a: http://x:80/#y\n"), "'http://x:80/#y'");
}

TEST(Yaml, BlanksAreAddedHoweverManyAreMissing) {
    std::string text = "{x: {";
    for (int i = 0; i < 1000; ++i)
        text += "k" + std::to_string(i) + ":[1],";
    EXPECT_EQ(read(text + "},a:[1]}"), "[1]");
}

TEST(Yaml, MergeKeysGiveWayToTheKeysBesideThem) {
    EXPECT_EQ(read("x: &x {b: 1, c: 2}\na: {c: 3, <<: *x}\n"), "{'b': 1, 'c': 3}");
    EXPECT_EQ(read("x: &x {b: 1}\ny: &y {b: 2, c: 3}\na: {<<: [*x, *y]}\n"), "{'b': 1, 'c': 3}");
    EXPECT_EQ(read("x: &x {b: 1}\ny: &y {<<: *x, c: 3}\na: {<<: *y}\n"), "{'b': 1, 'c': 3}");
    EXPECT_EQ(read("a: {'<<': 1}\n"), "{'<<': 1}");
    EXPECT_EQ(read("a: {<<: 1}\n"), "line 1");
    EXPECT_EQ(read("a: {<<: !include x.yaml}\n"), "line 1");
}

TEST(Yaml, AliasesAreCopies) {
    EXPECT_EQ(read("x: &x [1]\na: [*x, *x]\n"), "[[1], [1]]");
}

TEST(Yaml, AnAliasWithinItselfEnds) {
    EXPECT_EQ(read("a: &x [*x, 1]\n"), "[[], 1]");
    EXPECT_EQ(read("a: &x {<<: *x, c: 1}\n"), "{'c': 1}");
    EXPECT_EQ(read("a: &x {b: *x, c: [*x]}\n"), "{'b': {}, 'c': [{}]}");
}

std::string bomb(const std::string& first, const std::string& open, const std::string& close) {
    std::string text = "l0: &l0 " + first + '\n';
    for (int i = 1; i < 30; ++i) {
        const std::string alias = "*l" + std::to_string(i - 1);
        std::string line = 'l' + std::to_string(i) + ": &l" + std::to_string(i) + ' ' + open + alias;
        for (int k = 0; k < 8; ++k)
            line += ", " + alias;
        text += line + close + '\n';
    }
    return text + "a: *l29\n";
}

TEST(Yaml, BombsDoNotGoOff) {
    EXPECT_EQ(read(bomb("[x]", "[", "]")).substr(0, 5), "line ");
    EXPECT_EQ(read(bomb("{x: 1}", "{<<: [", "]}")).substr(0, 5), "line ");
    EXPECT_EQ(read(bomb("{}", "{<<: [", "]}")), "{}");
}

TEST(Yaml, WhatIsLargeIsNotCopiedWithoutEnd) {
    const auto repeated = [](const std::string& item, int times) {
        std::string text = item;
        for (int i = 1; i < times; ++i)
            text += ", " + item;
        return text;
    };
    const std::string large = "x: &x " + std::string(100'000, 'x') + "\na: ";
    EXPECT_EQ(read(large + '[' + repeated("*x", 200) + "]\n"), "line 1");
    EXPECT_EQ(read(large + '[' + repeated("{*x : 1}", 200) + "]\n"), "line 1");
    EXPECT_EQ(read(large + '[' + repeated("!!set {*x }", 200) + "]\n"), "line 1");
    EXPECT_NE(read(large + '[' + repeated("*x", 20) + "]\n"), "line 1");
}

TEST(Yaml, AMergeThatGoesBackTooFarEnds) {
    std::string sources = "&x0 {b: 1}";
    for (int i = 1; i < 10'000; ++i)
        sources += ", &x" + std::to_string(i) + " {<<: *x" + std::to_string(i - 1) + '}';
    EXPECT_EQ(read("a: {<<: [" + sources + "]}\n"), "line 1");
}

TEST(Yaml, NothingIsTooDeep) {
    for (const std::size_t depth : {150U, 250U, 100'000U}) {
        const std::string deep = "a: " + std::string(depth, '[') + std::string(depth, ']');
        EXPECT_EQ(read(deep).starts_with("["), depth < 200) << depth;
    }
    std::string chain = "x0: &x0 [1]\n";
    for (int i = 1; i < 1000; ++i)
        chain += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [*x" + std::to_string(i - 1) + "]\n";
    EXPECT_EQ(read(chain + "a: *x999\n").substr(0, 5), "line ");
}

TEST(Yaml, NumbersOfAnyLengthEnd) {
    EXPECT_EQ(read("a: 0x" + std::string(500'000, 'f')).size(), 500'002U); // it may be one of kvmd's own secrets
    EXPECT_EQ(read("a: " + std::string(4300, '1')).size(), 4302U);
    EXPECT_EQ(read("a: " + std::string(4301, '1')), "line 1");
    EXPECT_EQ(read("a: 1" + std::string(500'000, '0')), "line 1");
    EXPECT_EQ(read("a: 1" + std::string(300'000, ':') + "1").substr(0, 1), "'");
}

TEST(Yaml, ALargeFileIsAnError) {
    test::ConfigTree tree;
    tree.write("x.yaml", "a: '" + std::string(2'000'000, 'x') + "'\n");
    EXPECT_THROW(YamlFiles(tree.root()).load(tree.root() / "x.yaml"), ConfigError);
}

class Includes : public testing::Test {
protected:
    std::string read(const std::string& text) {
        tree_.write("x.yaml", text);
        try {
            return python::repr(YamlFiles(tree_.root()).load(tree_.root() / "x.yaml").value());
        } catch (const ConfigError& error) {
            return error.place().file.substr(tree_.root().string().size() + 1) + ':' +
                   std::to_string(error.place().line);
        }
    }

    test::ConfigTree tree_;
};

TEST_F(Includes, ComeInAllForms) {
    tree_.write("b.yaml", "b: {c: 1, d: 2}");
    tree_.write("d/z", "b: {d: 3}");
    tree_.write("d/.hidden", "h: 1");
    tree_.write("d/sub/never", "n: 1");
    tree_.write("empty", "# nothing");
    tree_.write("false", "false");
    EXPECT_EQ(read("a: !include b.yaml"), "{'a': {'b': {'c': 1, 'd': 2}}}");
    EXPECT_EQ(read("!include b.yaml"), "{'b': {'c': 1, 'd': 2}}");
    tree_.write("b'aA=='", "x: 1");
    EXPECT_EQ(read("a: !include [!!binary aA==, 2001-01-01]"), "{'a': {}}");
    EXPECT_EQ(read("!include [b.yaml, null, [x], '', d, {e: f}, empty, 'false']"), "{'b': {'c': 1, 'd': 3}, 'h': 1}");
    EXPECT_EQ(read("a: !include ''"), "{'a': {}}");
    EXPECT_EQ(read("a: !include"), "{'a': {}}");
    EXPECT_EQ(read("a: !include d"), "{'a': {'b': {'d': 3}, 'h': 1}}");
    EXPECT_EQ(read("a: !include /b.yaml"), "{'a': {'b': {'c': 1, 'd': 2}}}"); // below the root
}

TEST_F(Includes, NamesAreTextWhateverTheyLookLike) {
    tree_.write("5", "n: five");
    tree_.write("True", "n: true");
    EXPECT_EQ(read("!include 5"), "{'n': 'five'}");
    EXPECT_EQ(read("!include [5, true]"), "{'n': True}");
    EXPECT_EQ(read("a: 1\nb: !include null\n"), "x.yaml:2");
}

TEST_F(Includes, AreRelativeToTheFileTheyStandIn) {
    tree_.write("d/e/f.yaml", "!include ../g.yaml");
    tree_.write("d/g.yaml", "g: 1");
    EXPECT_EQ(read("!include d/e/f.yaml"), "{'g': 1}");
}

TEST_F(Includes, ErrorsStandWhereTheMistakeIs) {
    tree_.write("list.yaml", "\n- a");
    tree_.write("bad.yaml", "a: 1\nb: [\n");
    EXPECT_EQ(read("a: 1\nb: !include nope.yaml\n"), "x.yaml:2");
    EXPECT_EQ(read("a: !include list.yaml\n"), "list.yaml:2");
    EXPECT_EQ(read("a: !include bad.yaml\n"), "bad.yaml:3");
}

TEST_F(Includes, CyclesEnd) {
    tree_.write("p.yaml", "a: !include q.yaml");
    tree_.write("q.yaml", "a: !include p.yaml");
    tree_.write("dir/self", "a: !include ../dir");
    EXPECT_EQ(read("!include x.yaml"), "x.yaml:1");
    EXPECT_EQ(read("!include p.yaml"), "q.yaml:1");
    EXPECT_EQ(read("!include dir"), "dir/self:1");
    for (int i = 0; i < 100; ++i)
        tree_.write("n" + std::to_string(i), "!include n" + std::to_string(i + 1));
    EXPECT_EQ(read("!include n0").substr(0, 1), "n");
}

TEST_F(Includes, AFanOfFilesEnds) {
    for (int i = 0; i < 12; ++i) {
        const std::string next = 'n' + std::to_string(i + 1);
        tree_.write('n' + std::to_string(i), "!include [" + next + ", " + next + "]");
    }
    tree_.write("n12", "a: 1");
    EXPECT_EQ(read("!include n0").substr(0, 1), "n");
}

TEST_F(Includes, ALinkToADirectoryIsAnErrorAsInKvmd) {
    tree_.write("real/file", "a: 1");
    std::filesystem::create_directory(tree_.root() / "d");
    std::filesystem::create_symlink("../real", tree_.root() / "d/link");
    EXPECT_EQ(read("!include d").substr(0, 6), "d/link");
}

} // namespace
} // namespace otgnet
