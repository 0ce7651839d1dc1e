// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Which file and line a person is sent to.

#include "unit/config_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace otgnet {
namespace {

using test::failure;
using test::Failure;
using testing::HasSubstr;

TEST(ConfigErrors, ErrorsNameKeyFileAndLine) {
    const auto at = [](const std::string& override) { return failure(test::ConfigTree(override)); };
    EXPECT_EQ(at("otgnet:\n  iface:\n    net: 10.65.0.1/28\n"),
              (Failure{"otgnet/iface/net", "etc/kvmd/override.yaml:3"}));
    EXPECT_EQ(at("otgnet:\n"), (Failure{"otgnet", "etc/kvmd/override.yaml:1"}));
    EXPECT_EQ(at("otg:\n  devices:\n    ethernet: on\n"),
              (Failure{"otg/devices/ethernet", "etc/kvmd/override.yaml:3"}));
    EXPECT_EQ(at("\n\notgnet: [\n"), (Failure{"", "etc/kvmd/override.yaml:4"}));
    EXPECT_EQ(at("otg: {devices: {msd:\n  {start: x}}}\n"),
              (Failure{"otg/devices/msd/start", "etc/kvmd/override.yaml:2"}));
    EXPECT_EQ(at("otgnet:\n  iface: {net: 10.0.0.0/32}\n"), (Failure{"otgnet/iface/net", "etc/kvmd/override.yaml:2"}));
    EXPECT_EQ(at("otg: {devices: {ethernet: {\n host_mac: 02:00:00:00:00:01,\n kvm_mac: 02:00:00:00:00:01}}}\n"),
              (Failure{"otg/devices/ethernet/kvm_mac", "etc/kvmd/override.yaml:3"}));
    EXPECT_EQ(at("otgnet: {dhcp: {hosts: [\n {mac: 02:00:00:00:00:01, address: 10.9.9.9}]}}\n"),
              (Failure{"otgnet/dhcp/hosts", "etc/kvmd/override.yaml:2"}));
}

TEST(ConfigErrors, ErrorsInOurListsAreInTheLineOfTheItem) {
    const auto at = [](const std::string& dhcp) { return failure(test::ConfigTree("otgnet: {dhcp: {" + dhcp + "}}")); };
    const std::string line2 = "etc/kvmd/override.yaml:2";
    EXPECT_EQ(at("hosts: [\n {mac: x, address: 172.30.30.9}]"), (Failure{"otgnet/dhcp/hosts", line2}));
    EXPECT_EQ(at("hosts: [\n {mac: 02:00:00:00:00:01, adress: 172.30.30.9}]"), (Failure{"otgnet/dhcp/hosts", line2}));
    EXPECT_EQ(at("hosts: [\n {mac: 02:00:00:00:00:01}]"), (Failure{"otgnet/dhcp/hosts", line2}));
    EXPECT_EQ(at("hosts: [{mac: 02:00:00:00:00:01, address: 172.30.30.9},\n"
                 " {mac: 02:00:00:00:00:01, address: 172.30.30.8}]"),
              (Failure{"otgnet/dhcp/hosts", line2}));
    EXPECT_EQ(at("routes: [\n {to: 10.0.0.1/8, via: 172.30.30.9}]"), (Failure{"otgnet/dhcp/routes", line2}));
    EXPECT_EQ(at("routes: [\n {to: 10.0.0.0/8, via: x}]"), (Failure{"otgnet/dhcp/routes", line2}));
    EXPECT_EQ(at("dns: [1.1.1.1,\n one]"), (Failure{"otgnet/dhcp/dns", line2}));
    EXPECT_EQ(at("hosts: {}"), (Failure{"otgnet/dhcp/hosts", "etc/kvmd/override.yaml:1"}));
}

TEST(ConfigErrors, EqualMacsNameBothPlaces) {
    const test::ConfigTree tree(
        "otg: {devices: {ethernet: {\n host_mac: 02:00:00:00:00:01,\n kvm_mac: 02:00:00:00:00:01}}}\n");
    try {
        tree.load();
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.what(), HasSubstr("override.yaml:3: "));
        EXPECT_THAT(error.what(),
                    HasSubstr("otg/devices/ethernet/host_mac (" + tree.path("etc/kvmd/override.yaml:2)")));
    }
}

TEST(ConfigErrors, AMissingDirectoryIsFineAnUnreadableFileIsNot) {
    test::ConfigTree tree;
    std::filesystem::create_directories(tree.root() / "etc/kvmd/override.yaml");
    EXPECT_EQ(failure(tree), (Failure{"", "etc/kvmd/override.yaml"}));
    test::ConfigTree link;
    std::filesystem::create_directories(link.root() / "etc/kvmd/override.d");
    std::filesystem::create_symlink("/dev/zero", link.root() / "etc/kvmd/override.d/zero");
    EXPECT_EQ(failure(link), (Failure{"", "etc/kvmd/override.d/zero"}));
}

TEST(ConfigErrors, ALinkThatLeadsNowhereIsAnError) {
    for (const char* name : {"etc/kvmd/override.d/a", "etc/kvmd/override.yaml", "etc/otgnet/otgnet.yaml"}) {
        const test::ConfigTree tree;
        std::filesystem::create_directories((tree.root() / name).parent_path());
        std::filesystem::create_symlink("gone.yaml", tree.root() / name);
        EXPECT_EQ(failure(tree), (Failure{"", name}));
    }
}

TEST(ConfigErrors, ADirectoryThatCannotBeListedIsAnError) {
    test::ConfigTree tree;
    tree.write("etc/kvmd/override.d", "otg: {serial: x}");
    EXPECT_EQ(failure(tree), (Failure{"", "etc/kvmd/override.d"}));
    const test::ConfigTree link;
    std::filesystem::create_directories(link.root() / "etc/kvmd");
    std::filesystem::create_symlink("gone", link.root() / "etc/kvmd/override.d");
    EXPECT_EQ(failure(link), (Failure{"", "etc/kvmd/override.d"}));
    const test::ConfigTree loop;
    std::filesystem::create_directories(loop.root() / "etc/kvmd");
    std::filesystem::create_symlink("override.d", loop.root() / "etc/kvmd/override.d");
    EXPECT_EQ(failure(loop), (Failure{"", "etc/kvmd/override.d"}));
}

TEST(ConfigErrors, AFileInThePlaceOfADirectoryIsAnError) {
    const std::vector<std::pair<const char*, const char*>> cases{{"etc/kvmd", "etc/kvmd/main.yaml"},
                                                                 {"etc/otgnet", "etc/otgnet/otgnet.yaml"},
                                                                 {"usr/lib/kvmd", "usr/lib/kvmd/main.yaml"},
                                                                 {"var/lib/otgnet", "var/lib/otgnet/settings.yaml"}};
    for (const auto& [file, named] : cases) {
        test::ConfigTree tree;
        tree.write(file, "");
        EXPECT_EQ(failure(tree), (Failure{"", named}));
    }
}

TEST(ConfigErrors, ASectionOfTheSettingsMustBeADictionary) {
    for (const auto& [text, key] : {std::pair{"\notgnet:\n", "otgnet"},
                                    {"otgnet:\n  iface: 5\n", "otgnet/iface"},
                                    {"otg:\n  devices: [x]\n", "otg/devices"}}) {
        test::ConfigTree tree;
        tree.write("var/lib/otgnet/settings.yaml", text);
        EXPECT_EQ(failure(tree), (Failure{key, "var/lib/otgnet/settings.yaml:2"}));
        EXPECT_THROW(ConfigFiles(tree.root()).persisted(), ConfigError);
    }
}

} // namespace
} // namespace otgnet
