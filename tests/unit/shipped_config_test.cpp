// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The shipped otgnet.yaml: prose has one blank behind its #, settings have none or more.

#include "core/schema.hpp"
#include "unit/config_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

namespace otgnet {
namespace {

std::string shipped() {
    std::ifstream in(OTGNET_SOURCE_DIR "/packaging/otgnet.yaml");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string uncommented(const std::string& text) {
    const std::regex setting("^#(?! \\S|$)");
    std::istringstream in(text);
    std::string all;
    for (std::string line; std::getline(in, line);)
        all += std::regex_replace(line, setting, "") + '\n';
    return all;
}

TEST(ShippedConfig, SetsNothingAsItIsShipped) {
    test::ConfigTree tree;
    tree.write("etc/otgnet/otgnet.yaml", shipped());
    const LoadedConfig loaded = tree.load();
    for (const auto& [key, origin] : loaded.origins)
        EXPECT_EQ(origin, "default") << key;
}

TEST(ShippedConfig, ShowsTheDefaultOfEveryKey) {
    test::ConfigTree tree;
    tree.write("etc/otgnet/otgnet.yaml", uncommented(shipped()));
    const LoadedConfig loaded = tree.load();
    for (const auto& [key, origin] : loaded.origins)
        EXPECT_NE(origin, "default") << key;
    EXPECT_EQ(loaded.settings, test::ConfigTree().load().settings);
    EXPECT_THAT(loaded.warnings, testing::IsEmpty());
}

} // namespace
} // namespace otgnet
