// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/machine.hpp"

#include "base/file.hpp"
#include "ctl/doctor/boot_config.hpp"
#include "support/temporary_directory.hpp"

#include <gmock/gmock.h>

namespace otgnet::ctl {
namespace {

namespace fs = std::filesystem;

/// A root directory of its own.
class Root : public ::testing::Test {
protected:
    ~Root() override { fs::remove_all(root_); }

    void put(const std::string& path, const std::string& text = "") const {
        writeFileAtomic(root_ / path, text, 0644, ErrorCode::Failed);
    }
    void enable(const std::string& unit) const {
        const fs::path wants = root_ / "etc/systemd/system/multi-user.target.wants";
        fs::create_directories(wants);
        fs::create_symlink("/usr/lib/systemd/system/" + unit, wants / unit);
    }

    const fs::path root_ = support::makeTemporaryDirectory("root");
};

TEST_F(Root, EmptyIsAMachineWithoutAnything) {
    EXPECT_EQ(readMachine(root_), Machine{});
}

TEST_F(Root, IsReadAsItStands) {
    put("proc/device-tree/model", std::string("Raspberry Pi 4 Model B Rev 1.4\0", 31));
    put("boot/config.txt", "dtoverlay=dwc2\n");
    put("proc/sys/kernel/osrelease", "6.1.0-pi\n");
    put("lib/modules/6.1.0-pi/modules.dep", "kernel/drivers/usb/gadget/libcomposite.ko.xz:\n"
                                            "kernel/drivers/usb/gadget/function/usb_f_ecm.ko.xz:\n");
    put("lib/modules/6.1.0-pi/modules.builtin", "kernel/net/netfilter/nf_tables.ko\n");
    put("sys/module/usb_f_ncm/refcnt", "1\n");
    put("sys/module/dwc2/refcnt", "1\n");
    put("sys/module/g_ether/refcnt", "1\n");
    put("sys/class/udc/fe980000.usb/function", "g_ether\n");
    put("run/systemd/transient/kvmd-otgnet-dnsmasq.service");
    enable("kvmd-otgnet.service");
    enable("otgnetd.service");
    put("usr/lib/systemd/systemd-networkd");
    put("usr/sbin/NetworkManager");
    fs::create_symlink("/dev/null", root_ / "etc/systemd/system/systemd-networkd.service");
    put("usr/sbin/dnsmasq");
    put("proc/net/route", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                          "eth0\t00000000\t0101A8C0\t0003\t0\t0\t10\t00000000\t0\t0\t0\n"
                          "eth0\t0001A8C0\t00000000\t0001\t0\t0\t10\t00FFFFFF\t0\t0\t0\n"
                          "tun0\t00000000\t0101A8C0\t0003\t0\t0\t10\t00000080\t0\t0\t0\n"
                          "eth0\t0000FEA9\t00000000\t0001\t0\t0\t10\t0000FFFF\t0\t0\t0\n"
                          "rubbish\n");
    Machine expected;
    expected.model = "Raspberry Pi 4 Model B Rev 1.4";
    expected.bootConfig = "/boot/config.txt";
    expected.overlay = Overlay::device;
    expected.kernelModules = true;
    expected.dwc2 = ModuleState::loaded;
    expected.libcomposite = ModuleState::available;
    expected.nfTables = ModuleState::loaded;
    expected.controllers = {{"fe980000.usb", "g_ether"}};
    expected.legacyGadgets = {"g_ether"};
    expected.serviceEnabled = true;
    expected.kvmdUnits = {"kvmd-otgnet.service", "kvmd-otgnet-dnsmasq.service"};
    expected.functions = {"ncm", "ecm"};
    expected.networkd = {true, true, std::nullopt};
    expected.networkManager = {true, false, std::nullopt};
    expected.dnsmasq = true;
    expected.routes = {{"eth0", 0xC0A80100, 0xFFFFFF00}};
    EXPECT_EQ(readMachine(root_), expected);
}

TEST(Configuration, IsWhatOtgnetdPrints) {
    Machine good;
    takeConfiguration(R"({"config": {"otg": {"udc": ""}, "otgnet": {"iface": {"net": "10.0.0.0/24"}}}, "origins": {}})",
                      good);
    EXPECT_EQ(good.settings, (nlohmann::json{{"otg/udc", ""}, {"otgnet/iface/net", "10.0.0.0/24"}}));
    Machine bad;
    takeConfiguration(R"({"error": {"key": "otg/udc", "file": "/etc/a", "line": 3, "message": "no"}})", bad);
    EXPECT_EQ(bad.configError, "/etc/a:3: otg/udc: no");
    takeConfiguration(R"({"error": {"key": null, "file": "/etc/a", "line": null, "message": "no"}})", bad);
    EXPECT_EQ(bad.configError, "/etc/a: no");
    EXPECT_TRUE(bad.settings.empty());
    Machine unknown;
    takeConfiguration("", unknown);
    EXPECT_EQ(unknown.settings, (nlohmann::json{{"otgnet/iface/net", "172.30.30.0/24"}})) << "the default";
}

TEST(BootConfig, FindsTheOverlay) {
    EXPECT_EQ(dwc2Overlay("", ""), Overlay::missing);
    EXPECT_EQ(dwc2Overlay("#dtoverlay=dwc2\ndtoverlay=dwc22\n", ""), Overlay::missing);
    EXPECT_EQ(dwc2Overlay("  dtoverlay = dwc2 # the port\n", ""), Overlay::device);
    EXPECT_EQ(dwc2Overlay("dtoverlay=dwc2,dr_mode=peripheral", ""), Overlay::device);
    EXPECT_EQ(dwc2Overlay("dtoverlay=dwc2,dr_mode=host\n", ""), Overlay::host);
}

TEST(BootConfig, FollowsTheSectionsOfModels) {
    const std::string shipped = "[cm5]\ndtoverlay=dwc2,dr_mode=host\n[all]\n";
    EXPECT_EQ(dwc2Overlay(shipped, "Raspberry Pi 4 Model B Rev 1.4"), Overlay::missing);
    EXPECT_EQ(dwc2Overlay(shipped, "Raspberry Pi Compute Module 5 Rev 1.0"), Overlay::host);
    EXPECT_EQ(dwc2Overlay("[pi4]\ndtoverlay=dwc2\n", "Raspberry Pi 4 Model B"), Overlay::device);
    EXPECT_EQ(dwc2Overlay("[pi4]\ndtoverlay=dwc2\n", "Raspberry Pi Compute Module 4 Rev 1.1"), Overlay::device);
    EXPECT_EQ(dwc2Overlay("[pi5]\ndtoverlay=dwc2\n", "Raspberry Pi Compute Module 4 Rev 1.1"), Overlay::missing);
    EXPECT_EQ(dwc2Overlay("[pi02]\ndtoverlay=dwc2\n", "Raspberry Pi Zero 2 W"), Overlay::device);
    EXPECT_EQ(dwc2Overlay("[none]\ndtoverlay=dwc2\n[all]\n", "Raspberry Pi 4"), Overlay::missing);
}

TEST(ForeignTables, AreThoseThatClose) {
    const std::string ruleset = R"({"nftables": [{"metainfo": {}},
        {"table": {"family": "ip", "name": "filter"}},
        {"chain": {"family": "ip", "table": "filter", "name": "FORWARD", "hook": "forward", "policy": "drop"}},
        {"chain": {"family": "ip", "table": "filter", "name": "INPUT", "hook": "input", "policy": "accept"}},
        {"chain": {"family": "ip", "table": "filter", "name": "DOCKER-USER"}},
        {"chain": {"family": "inet", "table": "firewalld", "name": "filter_INPUT", "hook": "input", "policy": "accept"}},
        {"chain": {"family": "inet", "table": "otgnet", "name": "forward", "hook": "forward", "policy": "drop"}},
        {"chain": {"family": "ip6", "table": "open", "name": "in", "hook": "input", "policy": "accept"}},
        {"rule": {"family": "inet", "table": "firewalld", "chain": "filter_INPUT", "expr": [{"jump": {"target": "x"}}]}},
        {"rule": {"family": "inet", "table": "firewalld", "chain": "filter_INPUT",
            "expr": [{"counter": {"packets": 0, "bytes": 0}}, {"reject": {"type": "icmpx"}}]}},
        {"rule": {"family": "ip6", "table": "open", "chain": "in", "expr": [{"drop": null}]}},
        {"rule": {"family": "ip6", "table": "open", "chain": "in", "expr": [{"match": {"right": "x"}}, {"drop": null}]}},
        {"rule": {"family": "inet", "table": "firewalld", "chain": "x",
            "expr": [{"match": {"op": "==", "right": "usb0"}}, {"goto": {"target": "trusted"}}]}}]})";
    EXPECT_THAT(foreignTables(ruleset, "usb0"),
                ::testing::UnorderedElementsAre(ForeignTable{"ip filter", false, true, false},
                                                ForeignTable{"inet firewalld", true, false, true}));
}

/// Of a table with this set and this rule of a chain that closes.
bool namesInterface(const std::string& expressions, const std::string& other = "{}") {
    const auto tables = foreignTables(
        R"({"nftables": [{"chain": {"family": "ip", "table": "t", "name": "in", "hook": "input", "policy": "drop"}}, )" +
            other + R"(, {"rule": {"family": "ip", "table": "t", "chain": "in", "expr": [)" + expressions + "]}}]}",
        "usb0");
    return tables.at(0).namesInterface;
}

TEST(ForeignTables, NameTheInterfaceWhereTheyLetItPass) {
    const std::string from = R"({"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "usb0"}})";
    EXPECT_TRUE(namesInterface(from + R"(, {"counter": null}, {"accept": null})"));
    EXPECT_TRUE(namesInterface(from + R"(, {"jump": {"target": "x"}})"));
    for (const char* verdict : {"drop", "reject", "log", "counter"})
        EXPECT_FALSE(namesInterface(from + R"(, {")" + verdict + R"(": null})")) << verdict;
    EXPECT_FALSE(namesInterface(R"({"match": {"op": "!=", "right": "usb0"}}, {"accept": null})"));
    EXPECT_TRUE(namesInterface(R"({"match": {"op": "==", "right": {"set": ["eth0", "usb0"]}}}, {"accept": null})"));
    EXPECT_TRUE(
        namesInterface(R"({"vmap": {"data": {"set": [["eth0", {"drop": null}], ["usb0", {"accept": null}]]}}})"));
    EXPECT_FALSE(
        namesInterface(R"({"vmap": {"data": {"set": [["usb0", {"drop": null}], ["eth0", {"accept": null}]]}}})"));
    const std::string set = R"({"set": {"family": "ip", "table": "t", "name": "s", "elem": ["usb0"]}})";
    EXPECT_FALSE(namesInterface(R"({"match": {"op": "==", "right": "@s"}}, {"drop": null})", set));
    EXPECT_TRUE(namesInterface(R"({"match": {"op": "==", "right": "@s"}}, {"accept": null})", set));
    EXPECT_TRUE(namesInterface("", R"({"map": {"family": "ip", "table": "t", "name": "m",
                                             "elem": [["usb0", {"goto": {"target": "x"}}]]}})"));
}

TEST(ForeignTables, RubbishHasNone) {
    EXPECT_TRUE(foreignTables("", "usb0").empty());
    EXPECT_TRUE(foreignTables("[]", "usb0").empty());
    EXPECT_TRUE(foreignTables("{\"nftables\": []}", "usb0").empty());
}

} // namespace
} // namespace otgnet::ctl
