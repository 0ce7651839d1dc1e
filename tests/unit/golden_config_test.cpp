// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Cases whose expectations were made by kvmd's own loader and validators.

#include "host/print_config.hpp"
#include "unit/config_tree.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace otgnet {
namespace {

using nlohmann::json;

json goldenCases() {
    std::ifstream in(OTGNET_SOURCE_DIR "/tests/data/kvmd-config.json");
    return json::parse(in);
}

/// What kvmd has, without what only we have.
json kvmdsPart(const json& printed) {
    json config = printed.at("config");
    config.at("otgnet").erase("link");
    config.at("otgnet").erase("dhcp");
    return {{"config", config}, {"derived", printed.at("derived")}};
}

void check(const json& golden) {
    test::ConfigTree tree;
    for (const auto& [name, text] : golden.at("files").items())
        tree.write(name, text.get<std::string>());
    std::ostringstream out;
    const int code = printConfig(tree.root(), out);
    const json printed = json::parse(out.str());
    if (golden.at("expect").contains("error")) {
        EXPECT_EQ(code, 78);
        ASSERT_TRUE(printed.contains("error")) << printed.dump(2);
        EXPECT_EQ(printed.at("error").at("key"), golden.at("expect").at("error").at("key"));
        EXPECT_TRUE(printed.at("error").at("file").get<std::string>().starts_with(tree.root().string()));
        EXPECT_GT(printed.at("error").at("line"), 0);
        EXPECT_FALSE(printed.at("error").at("message").get<std::string>().empty());
        return;
    }
    EXPECT_EQ(code, 0);
    ASSERT_TRUE(printed.contains("config")) << printed.dump(2);
    EXPECT_EQ(kvmdsPart(printed), golden.at("expect"));
}

TEST(GoldenConfig, EveryCaseIsReadAsKvmdReadsIt) {
    const json cases = goldenCases();
    ASSERT_GE(cases.size(), 173U);
    for (const json& golden : cases) {
        SCOPED_TRACE(golden.at("name").get<std::string>());
        check(golden);
    }
}

TEST(PrintConfig, TheDelayIsTheOneThatCounts) {
    for (const auto& [written, printed] : {std::pair{"nan", 60.0}, {"inf", 60.0}, {"61", 60.0}, {"'1e1'", 10.0}}) {
        std::ostringstream out;
        printConfig(test::ConfigTree(std::string("otg: {init_delay: ") + written + '}').root(), out);
        EXPECT_EQ(json::parse(out.str()).at("config").at("otg").at("init_delay"), printed) << written;
    }
}

} // namespace
} // namespace otgnet
