// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"
#include "core/python.hpp"
#include "unit/config_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace otgnet {
namespace {

using test::failure;
using test::Failure;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

Value of(Value::Data data) {
    return Value{std::move(data), {}, {}};
}

std::string text(const LoadedConfig& loaded, const std::string& key) {
    return python::str(loaded.settings.at(key));
}

TEST(ConfigFiles, NothingAtAllIsTheDefaults) {
    const LoadedConfig loaded = test::ConfigTree().load();
    EXPECT_EQ(loaded.config.net.network.text(), "172.30.30.0/24");
    EXPECT_EQ(loaded.origins.at("otgnet/iface/net"), "default");
    EXPECT_THAT(loaded.warnings, IsEmpty());
    ASSERT_TRUE(loaded.config.dhcp);
    EXPECT_EQ(loaded.config.dhcp->leaseTime, std::chrono::hours(24));
    EXPECT_FALSE(loaded.config.dhcp->router);
    EXPECT_THAT(loaded.config.dhcp->dns, IsEmpty());
    EXPECT_THAT(loaded.config.hooks.preStop, IsEmpty());
}

TEST(ConfigFiles, EveryLayerWinsOverTheOnesBelow) {
    const std::string key = "otgnet/iface/net";
    const auto net = [](int n) { return "otgnet: {iface: {net: 10." + std::to_string(n) + ".0.0/24}}"; };
    test::ConfigTree tree;
    const auto now = [&](const Settings& runtime = {}) {
        const LoadedConfig loaded = tree.load(runtime);
        return text(loaded, key) + ' ' + loaded.origins.at(key);
    };
    tree.write("usr/lib/kvmd/main.yaml", net(1));
    EXPECT_EQ(now(), "10.1.0.0/24 " + tree.path("usr/lib/kvmd/main.yaml:1"));
    tree.write("etc/kvmd/override.d/10", net(2));
    tree.write("etc/kvmd/override.d/9.yaml~", net(3));
    EXPECT_EQ(now(), "10.3.0.0/24 " + tree.path("etc/kvmd/override.d/9.yaml~:1"));
    tree.write("etc/kvmd/override.yaml", "\n" + net(4));
    EXPECT_EQ(now(), "10.4.0.0/24 " + tree.path("etc/kvmd/override.yaml:2"));
    tree.write("etc/otgnet/otgnet.yaml", net(5));
    EXPECT_EQ(now(), "10.5.0.0/24 " + tree.path("etc/otgnet/otgnet.yaml:1"));
    tree.write("var/lib/otgnet/settings.yaml", net(6));
    EXPECT_EQ(now(), "10.6.0.0/24 settings");
    EXPECT_EQ(now({{key, of(std::string("10.7.0.0/24"))}}), "10.7.0.0/24 runtime");
}

TEST(ConfigFiles, SettingsThatAreGivenTakeThePlaceOfTheFile) {
    test::ConfigTree tree;
    tree.write("var/lib/otgnet/settings.yaml", "otgnet: {iface: {net: 10.6.0.0/24}}");
    const LoadedConfig loaded = tree.load({}, Settings{{"otg/serial", of(std::string("x"))}});
    EXPECT_EQ(text(loaded, "otgnet/iface/net"), "172.30.30.0/24");
    EXPECT_EQ(loaded.origins.at("otg/serial"), "settings");
}

TEST(ConfigFiles, AnOriginIsTheLineOfTheKey) {
    const test::ConfigTree tree(
        "x: &x\n  allow_icmp: false\notgnet:\n  firewall:\n    <<: *x\n    allow_tcp:\n    - 80\n");
    const LoadedConfig loaded = tree.load();
    EXPECT_EQ(loaded.origins.at("otgnet/firewall/allow_icmp"), tree.path("etc/kvmd/override.yaml:2"));
    EXPECT_EQ(loaded.origins.at("otgnet/firewall/allow_tcp"), tree.path("etc/kvmd/override.yaml:6"));
}

TEST(ConfigFiles, AMainValueOnlyBecomesTheDefault) {
    test::ConfigTree tree;
    tree.write("usr/lib/kvmd/main.yaml",
               "otg: {max_power: 9999, endpoints: 9.0}\notgnet: {firewall: {allow_tcp: [9]}}");
    EXPECT_EQ(failure(tree), (Failure{"otg/max_power", "usr/lib/kvmd/main.yaml:1"}));
    tree.write("etc/kvmd/override.yaml", "otg: {max_power: 100}\notgnet: {firewall: {allow_udp: [67]}}");
    const LoadedConfig loaded = tree.load();
    EXPECT_EQ(loaded.config.otg.maxPower, 100U);
    EXPECT_EQ(loaded.config.otg.endpoints, 9U); // 9.0 is refused, but not looked at as it equals the default
    EXPECT_THAT(loaded.config.net.allowTcp, ElementsAre(9));
}

TEST(ConfigFiles, SectionsAreMergedEverythingElseReplaces) {
    test::ConfigTree tree("otgnet: {firewall: {allow_tcp: [443]}}");
    tree.write("etc/kvmd/override.d/a", "otgnet: {firewall: {allow_tcp: [80], allow_icmp: no}}");
    tree.write("etc/kvmd/override.d/b", "otgnet: {iface: 5}");
    tree.write("etc/otgnet/otgnet.yaml", "otgnet: {iface: {net: 10.0.0.0/24}}");
    const LoadedConfig loaded = tree.load();
    EXPECT_THAT(loaded.config.net.allowTcp, ElementsAre(443));
    EXPECT_FALSE(loaded.config.net.allowIcmp);
    EXPECT_EQ(loaded.config.net.network.text(), "10.0.0.0/24");
}

TEST(ConfigFiles, OldNamesWinWithinKvmdsFilesButNotOverOurs) {
    test::ConfigTree tree("otgnet: {commands: {ip_cmd: [/new]}}\notg: {acm: {start: no}}");
    tree.write("etc/kvmd/override.d/a", "otgnet: {iface: {ip_cmd: [/old]}}");
    EXPECT_EQ(text(tree.load(), "otgnet/commands/ip_cmd"), "['/old']");
    EXPECT_THAT(tree.load().warnings, IsEmpty());
    tree.write("etc/otgnet/otgnet.yaml", "otgnet: {commands: {ip_cmd: [/ours]}}");
    EXPECT_EQ(text(tree.load(), "otgnet/commands/ip_cmd"), "['/ours']");
    tree.write("etc/kvmd/override.yaml", "otg: {acm: {start: x}}");
    EXPECT_EQ(failure(tree), (Failure{"otg/devices/serial/start", "etc/kvmd/override.yaml:1"}));
}

TEST(ConfigFiles, TheOldMainFileSaysItselfWhatOverridesIt) {
    test::ConfigTree tree("otgnet: {iface: {net: 10.4.0.0/24}}");
    tree.write("etc/kvmd/main.yaml", "override: !include [override.d, override.yaml]\notg: {serial: old}\n");
    tree.write("etc/kvmd/override.d/a", "otgnet: {iface: {net: 10.1.0.0/24}, firewall: {allow_tcp: 5}}");
    const LoadedConfig loaded = tree.load();
    EXPECT_EQ(loaded.config.net.network.text(), "10.4.0.0/24");
    EXPECT_THAT(loaded.config.net.allowTcp, ElementsAre(5));
    EXPECT_EQ(loaded.config.otg.serial, "old");
    tree.write("etc/kvmd/main.yaml", "override: 5\n");
    EXPECT_EQ(failure(tree), (Failure{"override", "etc/kvmd/main.yaml:1"}));
    tree.write("usr/lib/kvmd/main.yaml", "");
    EXPECT_EQ(tree.load().config.otg.serial, "CAFEBABE");
}

TEST(ConfigFiles, UnknownKeysAreWarnedOf) {
    const test::ConfigTree tree("otgnet:\n  firewal: {allow_tcp: [1]}\n  iface:\n    foo: 1\nother: {x: 1}\n"
                                "otg: {gadget: kvmd, devices: {camera: {safe: yes}}}\n");
    EXPECT_THAT(
        tree.load().warnings,
        ElementsAre(tree.path("etc/kvmd/override.yaml:2: otgnet/firewal: unknown key; did you mean otgnet/firewall?"),
                    tree.path("etc/kvmd/override.yaml:4: otgnet/iface/foo: unknown key")));
    const test::ConfigTree named("otg: {gadget: mine}");
    EXPECT_THAT(named.load().warnings, ElementsAre(HasSubstr("otg/gadget: ignored")));
}

TEST(ConfigFiles, WhatStandsBesideOurSectionsIsWarnedOf) {
    test::ConfigTree tree(
        "vnc: {enabled: true}\nkvmd: {auth: {enabled: false}}\notgnett: {iface: {net: 10.0.0.0/24}}\n");
    tree.write("etc/otgnet/otgnet.yaml", "iface: {net: 10.0.0.0/24}\notgnet/firewall/allow_icmp: false\n"
                                         "otg: {ethernet: {enabled: true}}\n");
    ConfigFiles files(tree.root());
    const std::vector<std::string> warnings = files.load({}).warnings;
    EXPECT_THAT(warnings,
                UnorderedElementsAre(HasSubstr("override.yaml:3: otgnett: unknown key; did you mean otgnet?"),
                                     HasSubstr("otgnet.yaml:1: iface: unknown key; did you mean otgnet/iface?"),
                                     HasSubstr("otgnet.yaml:2: otgnet/firewall/allow_icmp: unknown key; in a"),
                                     HasSubstr("otgnet.yaml:3: otg/ethernet: unknown key; did you mean "
                                               "otg/devices/ethernet?")));
    EXPECT_EQ(files.relay({}, std::nullopt).warnings, warnings);
}

TEST(ConfigFiles, UnknownKeysWithoutEndAreBounded) {
    std::string text = "otgnet:\n";
    for (int i = 0; i < 3000; ++i)
        text += "  " + std::string(200, 'k') + std::to_string(i) + ": 1\n";
    EXPECT_LE(test::ConfigTree(text).load().warnings.size(), 64U);
}

TEST(ConfigFiles, WhatIsNotHonouredIsWarnedOf) {
    const test::ConfigTree tree("otgnet: {firewall: {allow_udp: [53], forward_iface: a b}}\notg: {init_delay: nan}\n");
    const LoadedConfig loaded = tree.load();
    EXPECT_THAT(loaded.warnings, ElementsAre(HasSubstr("otg/init_delay: not a time of at most a minute"),
                                             HasSubstr("otgnet/firewall/forward_iface: not the name"),
                                             HasSubstr("otgnet/firewall/allow_udp: port 67 stays open")));
    EXPECT_FALSE(loaded.config.net.forwardInterface);
    EXPECT_EQ(loaded.config.otg.initDelay, std::chrono::minutes(1));
}

TEST(ConfigFiles, WhatIsNoUplinkIsWarnedOfAndTaken) {
    const auto loaded = [](const std::string& name) {
        return test::ConfigTree("otgnet: {firewall: {forward_iface: " + name + "}}").load();
    };
    for (const char* name : {"lo", "usb0", "off", "no", "none", "false", "None"}) {
        EXPECT_THAT(loaded(name).warnings, ElementsAre(HasSubstr("otgnet/firewall/forward_iface: '"))) << name;
        EXPECT_TRUE(loaded(name).config.net.forwardInterface) << name;
    }
    EXPECT_THAT(loaded("usb1").warnings, IsEmpty());
}

TEST(ConfigFiles, AMistakeInAHookSpoilsThatHookOnly) {
    const test::ConfigTree tree("otgnet:\n  commands:\n    pre_start_cmd: [/x, '{iface}',\n      '{ifname}', '{']\n"
                                "    post_start_cmd_append: ['{', '--dhcp-option=15,lan']\n"
                                "    post_stop_cmd: [/bin/sh, -c, 'ip a | awk \"{print}\"']\n");
    const LoadedConfig loaded = tree.load();
    const std::string line = tree.path("etc/kvmd/override.yaml:");
    EXPECT_THAT(
        loaded.warnings,
        UnorderedElementsAre(HasSubstr(line + "4: otgnet/commands/pre_start_cmd: unknown placeholder {ifname}"),
                             HasSubstr(line + "5: otgnet/commands/post_start_cmd_append: single {"),
                             HasSubstr(line + "6: otgnet/commands/post_stop_cmd: unknown placeholder {print}")));
    EXPECT_EQ(loaded.config.dhcp->domain, "lan");
    EXPECT_THAT(loaded.config.hooks.preStart, SizeIs(4));
}

TEST(ConfigFiles, RuntimeKeysMustExist) {
    const test::ConfigTree tree;
    const auto set = [&](const std::string& key) {
        try {
            tree.load({{key, of(std::string("1"))}});
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    EXPECT_EQ(set("otgnet/firewall/allow_tpc"),
              "otgnet/firewall/allow_tpc: unknown key; did you mean otgnet/firewall/allow_tcp?");
    EXPECT_THAT(set("otg/devices/msd/start"), HasSubstr("belongs to kvmd"));
    EXPECT_EQ(set("otgnet/firewall/allow_tcp"), "accepted");
}

TEST(ConfigFiles, ARuntimeErrorSaysSo) {
    try {
        test::ConfigTree().load({{"otgnet/iface/net", of(std::string("x"))}});
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_STREQ(error.what(), "runtime: Invalid value 'x' for key 'otgnet/iface/net': "
                                   "The argument 'x' is not a valid IPv4 network");
    }
}

TEST(ConfigFiles, WhatIsPersistedIsReadBack) {
    const test::ConfigTree tree;
    const Value host = of(Value::Map{{"mac", of(std::string("02:00:00:00:00:01"))},
                                     {"address", of(std::string("172.30.30.9"))},
                                     {"name", of(std::string("pc"))}});
    const Settings settings{
        {"otg/devices/ethernet/enabled", of(true)},
        {"otg/devices/ethernet/host_mac", of(std::string("12:34:56:12:34:56"))},
        {"otg/init_delay", of(0.5)},
        {"otg/manufacturer", of(std::string("a\"b\\c\n\x7f é😀: #{[*&!%@`'yes"))},
        {"otg/serial", of(std::monostate{})},
        {"otgnet/dhcp/hosts", of(Value::List{host})},
        {"otgnet/firewall/allow_tcp", of(Value::List{of(std::int64_t{80}), of(std::int64_t{443})})},
        {"otgnet/iface/net", of(std::string("172.30.30.0/24"))},
        {"otgnet/link/backend", of(std::string("auto"))},
    };
    ConfigFiles files(tree.root());
    files.stage(settings)->commit();
    Settings back = files.persisted();
    EXPECT_EQ(back.at("otg/init_delay").data, Value::Data(std::string("0.5")));
    back["otg/init_delay"] = of(0.5);
    EXPECT_EQ(back, settings);
    EXPECT_EQ(files.load({}).config.ethernet.hostMac, MacAddress::parse("12:34:56:12:34:56"));
    files.stage({})->commit();
    EXPECT_THAT(files.persisted(), IsEmpty());
}

TEST(ConfigFiles, PersistedSettingsAreFitToRead) {
    const test::ConfigTree tree;
    ConfigFiles(tree.root())
        .stage({{"otg/serial", of(std::string("x"))},
                {"otgnet/firewall/allow_tcp", of(Value::List{of(std::int64_t{80})})},
                {"otgnet/iface/net", of(std::string("10.0.0.0/24"))}})
        ->commit();
    std::ifstream in(tree.path("var/lib/otgnet/settings.yaml"));
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(all.substr(all.find("\notg") + 1), "otg:\n  serial: \"x\"\notgnet:\n  firewall:\n    allow_tcp: [80]\n"
                                                 "  iface:\n    net: \"10.0.0.0/24\"\n");
}

TEST(ConfigFiles, StagedSettingsAreNotThereBeforeTheyAreCommitted) {
    const test::ConfigTree tree;
    ConfigFiles files(tree.root());
    files.load({});
    const std::string folder = tree.path("var/lib/otgnet");
    {
        const auto staged = files.stage({{"otg/serial", of(std::string("x"))}});
        EXPECT_THAT(files.persisted(), IsEmpty());
        EXPECT_EQ(files.relay({}, std::nullopt).config.otg.serial, "CAFEBABE");
    }
    EXPECT_THAT(listDirectory(folder), IsEmpty());
    files.stage({{"otg/serial", of(std::string("x"))}})->commit();
    EXPECT_THAT(listDirectory(folder), ElementsAre("settings.yaml"));
    EXPECT_EQ(files.relay({}, std::nullopt).config.otg.serial, "x");
}

TEST(ConfigFiles, NothingToWriteIsNoWrite) {
    const test::ConfigTree tree;
    ConfigFiles(tree.root()).stage({})->commit();
    EXPECT_FALSE(std::filesystem::exists(tree.root() / "var"));
}

TEST(ConfigFiles, OtherSettingsAreLaidOnWhatWasRead) {
    test::ConfigTree tree("otg: {serial: one}\n");
    tree.write("usr/lib/kvmd/main.yaml", "kvmd: {hid: {type: otg}, vnc: {port: 1}}\notg: {max_power: 100}\n");
    ConfigFiles files(tree.root());
    const LoadedConfig before = files.load({});
    tree.write("etc/kvmd/override.yaml", "otg: {serial: [");
    const LoadedConfig after = files.relay({{"otg/product", of(std::string("p"))}}, std::nullopt);
    EXPECT_EQ(after.config.otg.serial, "one");
    EXPECT_EQ(after.config.otg.maxPower, 100U);
    EXPECT_EQ(after.config.otg.product, "p");
    EXPECT_EQ(after.origins.at("otg/serial"), before.origins.at("otg/serial"));
    EXPECT_EQ(after.warnings, before.warnings);
}

/// When everything that a test has just written is old.
FileStamps::Time later() {
    return FileStamps::now() + std::chrono::hours(1);
}

TEST(ConfigFiles, FilesThatNobodyHasTouchedAreCurrent) {
    test::ConfigTree tree("otg: {serial: one}\n");
    ConfigFiles files(tree.root(), later);
    EXPECT_FALSE(files.isCurrent());
    files.load({});
    EXPECT_TRUE(files.isCurrent());
    tree.write("etc/kvmd/override.yaml", "otg: {serial: two}\n");
    EXPECT_FALSE(files.isCurrent());
    files.load({});
    EXPECT_TRUE(files.isCurrent());
    tree.write("etc/kvmd/override.yaml", "otg: {serial: [\n");
    EXPECT_THROW(files.load({}), ConfigError);
    EXPECT_FALSE(files.isCurrent());
}

TEST(ConfigFiles, AFileThatCameWentOrIsAnotherOneIsNotCurrent) {
    test::ConfigTree tree("otg: !include [more.yaml, more.d]\n");
    tree.write("etc/kvmd/more.yaml", "serial: one\n");
    tree.write("etc/kvmd/more.d/a", "serial: two\n");
    tree.write("etc/kvmd/other.yaml", "serial: one\n");
    ConfigFiles files(tree.root(), later);
    const auto isSeen = [&](const std::function<void()>& change) {
        files.load({});
        const bool before = files.isCurrent();
        change();
        return before && !files.isCurrent();
    };
    const auto remove = [&](const char* name) { std::filesystem::remove(tree.root() / name); };
    const auto link = [&](const char* name) {
        std::filesystem::create_symlink("other.yaml", tree.root() / "etc/kvmd/new");
        std::filesystem::rename(tree.root() / "etc/kvmd/new", tree.root() / name);
    };
    for (const char* name : {"usr/lib/kvmd/main.yaml", "etc/kvmd/override.d/1", "etc/kvmd/override.d/2",
                             "etc/otgnet/otgnet.yaml", "var/lib/otgnet/settings.yaml"})
        EXPECT_TRUE(isSeen([&] { tree.write(name, "otg: {product: p}\n"); })) << name;
    EXPECT_TRUE(isSeen([&] { tree.write("etc/kvmd/more.d/b", "serial: three\n"); }));
    EXPECT_TRUE(isSeen([&] { tree.write("etc/kvmd/more.yaml", "serial: two\n"); }));
    EXPECT_TRUE(isSeen([&] { link("etc/kvmd/more.yaml"); }));
    EXPECT_TRUE(isSeen([&] { tree.write("etc/kvmd/other.yaml", "serial: 2\n"); })) << "behind the link";
    EXPECT_TRUE(isSeen([&] { remove("etc/kvmd/override.d/1"); }));
    EXPECT_TRUE(isSeen([&] { files.stage({{"otg/serial", of(std::string("x"))}})->commit(); }));
}

TEST(ConfigFiles, AFileThatWasJustWrittenMayBeWrittenOnceMore) {
    const test::ConfigTree tree("otg: {serial: one}\n");
    ConfigFiles files(tree.root());
    files.load({});
    EXPECT_FALSE(files.isCurrent());
}

TEST(ConfigFiles, UnknownSettingsAreWarnedOf) {
    test::ConfigTree tree;
    tree.write("var/lib/otgnet/settings.yaml", "otgnet: {link: {bakend: auto}}");
    EXPECT_THAT(tree.load().warnings, ElementsAre(HasSubstr("settings.yaml:1: otgnet/link/bakend: unknown key")));
}

TEST(ConfigFiles, AKeyOfKvmdsInTheSettingsIsWarnedOf) {
    test::ConfigTree tree;
    tree.write("var/lib/otgnet/settings.yaml", "otg:\n  serial: x\n  devices: {msd: {start: false}}\n");
    const LoadedConfig loaded = tree.load();
    EXPECT_EQ(loaded.config.otg.serial, "x");
    EXPECT_THAT(loaded.warnings,
                ElementsAre(HasSubstr("settings.yaml:3: The key 'otg/devices/msd/start' belongs to kvmd")));
}

TEST(ConfigFiles, AReadOnlyDiskIsSaidSo) {
    const test::ConfigTree tree;
    std::ofstream(tree.root() / "var") << "not a directory";
    try {
        ConfigFiles(tree.root()).stage({{"otg/serial", of(std::string("x"))}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ReadOnly);
        EXPECT_THAT(error.what(), HasSubstr(tree.path("var/lib/otgnet")));
    }
}

} // namespace
} // namespace otgnet
