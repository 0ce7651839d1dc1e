// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/config.hpp"
#include "core/python.hpp"
#include "host/yaml_files.hpp"
#include "sandbox/process.hpp"
#include "unit/config_tree.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace otgnet {
namespace {

/// Values of a key, and then whole files.
const std::vector<std::string> values{"",
                                      "~",
                                      "null",
                                      "nULL",
                                      "true",
                                      "TRUE",
                                      "tRUE",
                                      "yes",
                                      "no",
                                      "on",
                                      "off",
                                      "y",
                                      "N",
                                      "0",
                                      "-0",
                                      "+5",
                                      "017",
                                      "08",
                                      "0o17",
                                      "0x1F",
                                      "-0x1f",
                                      "0X1F",
                                      "0x",
                                      "0x_",
                                      "0b11",
                                      "0b2",
                                      "1_000",
                                      "_1",
                                      "1__0",
                                      "1:30",
                                      "1:60",
                                      "-1:30",
                                      "190:20:30",
                                      "0:1",
                                      "1:5_",
                                      "1:2:3.5",
                                      "1.5",
                                      ".5",
                                      "5.",
                                      ".",
                                      "-.5",
                                      "+.5",
                                      "1e5",
                                      "1.0e5",
                                      "1.0e+5",
                                      "1.e-3",
                                      ".inf",
                                      "-.INF",
                                      ".nan",
                                      ".NaN",
                                      "-.nan",
                                      "12:34:56:12:34:56",
                                      "42:61:64:55:53:42",
                                      "9223372036854775808e",
                                      "2001-1-1x",
                                      "=",
                                      "<<",
                                      "a:b",
                                      "a: b",
                                      "a #b",
                                      "a#b",
                                      "a\n  b",
                                      "a\n\n  b",
                                      "'a\n\n  b'",
                                      "\"a\\\n  b\"",
                                      "\"\\x41\\u00e9\\n\\e\\_\"",
                                      "\"\\q\"",
                                      "'it''s'",
                                      "'",
                                      "[1, 'a', {b: c}]",
                                      "[a, b,]",
                                      "[a,,b]",
                                      "[,]",
                                      "[]",
                                      "{}",
                                      "{a}",
                                      "{a, b: c}",
                                      "{a:1}",
                                      "{a:[1]}",
                                      "{a:{}}",
                                      "{'a':1}",
                                      "{\"a\":[1]}",
                                      "[a: 1]",
                                      "[? a]",
                                      "[a?b]",

                                      "{? a : b}",
                                      "{a: , b: }",
                                      "[a]b",
                                      "- a",
                                      "? a",
                                      "-a",
                                      "?a",
                                      ":a",
                                      "@a",
                                      "`a",
                                      "%a",
                                      "&x a",
                                      "&x [*x",
                                      "*x",
                                      "&x &y a",
                                      "!!str 5",
                                      "!!str",
                                      "!!int '5'",
                                      "!!int ' 5 '",
                                      "!!int x",
                                      "!!int 0b",
                                      "!!int '1:2:3'",
                                      "!!float 5",
                                      "!!float '1:30.5'",
                                      "!!float x",
                                      "!!bool ON",
                                      "!!bool 1",
                                      "!!null x",
                                      "!!seq []",
                                      "!!seq {}",
                                      "!!map {}",
                                      "!!map []",
                                      "! 5",
                                      "! [5]",
                                      "!foo x",
                                      "!!foo x",
                                      "!!python/none x",
                                      "!!merge x",
                                      "!!value x",
                                      "!<tag:yaml.org,2002:str> 5",
                                      "!e!x",
                                      "!!binary aGk",
                                      "!!binary a",
                                      "[!!str, x]",
                                      "[!!str , x]",
                                      "{a: !!str}",
                                      "{!!str a: b}",
                                      "!include",
                                      "!include ''",
                                      "!include []",
                                      "!include part",
                                      "!include [part, other, 5, '', null, [part], {a: b}, 1.5]",
                                      "!include [!!binary cGFydA==, 2001-01-01]",
                                      "!include nothing",
                                      "|\n  a\n   b\n",
                                      ">\n  a\n  b\n\n  c\n",
                                      "|-\n  a\n",
                                      "|-  # b\n  a\n",
                                      "|#b\n  a\n",
                                      ">-#b\n  a\n",
                                      "|2+#\n   a\n",
                                      "| #|#\n  a #b\n  |#\n",
                                      "|+\n  a\n\n",
                                      "|2\n   a\n",
                                      ">-\n  a\n   b\n  c\n",
                                      "|9\n a\n",
                                      "|\n\ta\n",
                                      "a\tb",
                                      "\ta",
                                      "a\t",
                                      "'a\tb'",
                                      "[1,\t2]",
                                      "a # \tb",
                                      "http://x:80/#y",
                                      "x\u00a0y",
                                      "\u00e9",
                                      "'\u2028'",
                                      "\x07",
                                      "\x7f"};
const std::vector<std::string> files{"",
                                     "# nothing\n",
                                     "---\n",
                                     "...\n",
                                     "a: 1\n---\nb: 2\n",
                                     "--- {a: 1}\n",
                                     "a: 1\n...\n",
                                     "a: 1\n...\nb: 2\n",
                                     "null\n",
                                     "a: 1\na: 2\n",
                                     "a:\n  b: 1\n c: 2\n",
                                     "a:\n- b\n- c\n",
                                     "a:\n  - b\n  -\n    - c\n",
                                     "a:\n\tb: 1\n",
                                     "a: b: c\n",
                                     "? a\n: b\n",
                                     "? [a]\n: b\n",
                                     "? !!set {a}\n: b\n",
                                     "? !include part\n: b\n",
                                     "? a\n? b\n",
                                     "2: a\ntrue: b\n~: c\n",
                                     "1.0: a\n0x10: b\n",
                                     "'a': 1\n\"b\": 2\n",
                                     "a : 1\n",
                                     "a:1\n",
                                     "a: 'b' c\n",
                                     "{a: 1}\nb: 2\n",
                                     "a: 1\r\nb: 2\r\n",
                                     "a: 1\rb: 2\r",
                                     "\xef\xbb\xbf"
                                     "a: 1\nb: 2\n",
                                     "a: \xff\n",
                                     "a: 1\n\x01",
                                     "%YAML 1.1\n---\na: 1\n",
                                     "%YAML 1.0\n---\na: 1\n",
                                     "%YAML 1.2 # x\n---\na: 1\n",
                                     "%YAML 2.0\n---\na: 1\n",
                                     "%YAML 1.1\n%YAML 1.1\n---\na: 1\n",
                                     "%YAML\t1.1\n---\na: 1\n",
                                     "%FOO bar\n---\na: 1\n",
                                     "%FOO\na: 1\n",
                                     "%FOO\n%BAR\n---\na: 1\n",
                                     "%TAG !e! tag:yaml.org,2002:\n---\na: !e!int '5'\n",
                                     "%TAG ! tag:yaml.org,2002:\n---\na: !str 5\n",
                                     "x: &x {b: 1, c: 2}\na: {c: 3, <<: *x}\n",
                                     "a: {<<: [{b: 1}, {b: 2}]}\n",
                                     "a: {<<: {b: 1}, <<: {b: 2}}\n",
                                     "a: {<<: 1}\n",
                                     "a: {'<<': 1}\n",
                                     "a: {<<: !include part}\n",
                                     "x: &x a\n*x : b\n",
                                     "x: &x a\ny: &x b\n",
                                     "a: &a 1\nb: *a\nc: &b [*a, *a]\n",
                                     "!include part\n",
                                     "!include [part, other]\nx: 1\n",
                                     "key with blanks: value with blanks\n",
                                     "a: |\n  b\n# c\nd: e\n",
                                     "a: b\n # c\n d\n",
                                     "a: b\n  c\n  d: e\n",
                                     "a: {\nb: 1,\n c: [\n2\n]}\n",
                                     "a: [\n1,\n2]\n",
                                     "otg: &o\n  b: 1\nc: *o\n",
                                     "a: !include part\na: 1\n"};

class PyYaml : public testing::Test {
protected:
    PyYaml() {
        tree_.write("part", "b: {c: 1, d: [1]}\n");
        tree_.write("other", "b: {d: 2}\n");
        tree_.write("5", "five: yes\n");
        tree_.write("1.5", "half: 1\n");
    }
    void add(const std::string& text) {
        texts_.push_back(text);
        tree_.write("x" + std::to_string(texts_.size()), text);
    }
    std::string path(std::size_t number) const { return tree_.path("x" + std::to_string(number)); }
    std::string ours(std::size_t number) const {
        try {
            return python::repr(*YamlFiles(tree_.root()).load(path(number)));
        } catch (const ConfigError&) {
            return "error";
        }
    }
    /// A line for each text.
    std::istringstream theirs() const {
        std::vector<std::string> command{"/bin/sh", "-c", "exec /usr/bin/python3 \"$@\" 2>/dev/null", "sh",
                                         OTGNET_SOURCE_DIR "/tests/sandbox/kvmd_yaml.py"};
        for (std::size_t number = 1; number <= texts_.size(); ++number)
            command.push_back(path(number));
        return std::istringstream(sandbox::run(command, {.environment = {"PYTHONIOENCODING=utf-8"}}));
    }

    test::ConfigTree tree_;
    std::vector<std::string> texts_;
};

TEST_F(PyYaml, ReadsFilesAsWeDo) {
    for (const std::string& value : values)
        add("a: " + value + "\nz: 1\n");
    for (const std::string& text : files)
        add(text);
    std::istringstream lines = theirs();
    for (std::size_t number = 1; number <= texts_.size(); ++number) {
        std::string line;
        ASSERT_TRUE(std::getline(lines, line));
        EXPECT_EQ(ours(number), line) << texts_[number - 1];
    }
}

} // namespace
} // namespace otgnet
