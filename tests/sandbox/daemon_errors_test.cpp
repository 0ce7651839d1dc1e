// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the real otgnetd answers where something is wrong on its way up or down, and that it leaves the machine closed.

#include "base/file.hpp"
#include "sandbox/stage.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <sstream>

namespace otgnet::sandbox {
namespace {

namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* startKey = "otg/devices/ethernet/start";

/// A bound gadget that is none of ours.
void bindOther(const Kernel& kernel) {
    const fs::path gadget = kernel.roots().gadgets() / "other";
    for (const char* directory : {"", "functions/hid.usb9", "configs/c.1"})
        fs::create_directory(gadget / directory);
    fs::create_symlink(gadget / "functions/hid.usb9", gadget / "configs/c.1/hid.usb9");
    writeAttribute(gadget / "UDC", "dummy_udc.0", ErrorCode::Failed);
}

// --- on the way up: every method but Disable ------------------------------------------------------------------------

struct Trouble {
    std::string name;
    std::string error;
    std::vector<std::string> words; ///< where, why and what to do
    std::string otg{};              ///< lines of the configuration
    std::string otgnet = "{}";
    std::function<void(Stage&)> arrange = [](Stage&) {};
};

std::ostream& operator<<(std::ostream& out, const Trouble& trouble) {
    return out << trouble.name;
}

std::vector<Trouble> troubles() {
    return {
        {.name = "NoController",
         .error = "NoController",
         .words = {"no USB device controller", "config.txt"},
         .arrange = [](Stage& stage) { stage.daemon.kernel().removeController(); }},
        {.name = "NotThatController",
         .error = "NoController",
         .words = {"'fe980000.usb' (otg/udc)"},
         .otg = "udc: fe980000.usb"},
        {.name = "NothingToJoin",
         .error = "NoController",
         .words = {"gadget kvmd", "otgnet/link/gadget", "kvmd-otg.service"},
         .otgnet = "link: {gadget: join}"},
        {.name = "ControllerBusy",
         .error = "ControllerBusy",
         .words = {"dummy_udc.0", "'other'", "remove that gadget", "otg/udc"},
         .arrange = [](Stage& stage) { bindOther(stage.daemon.kernel()); }},
        {.name = "NoEndpoints",
         .error = "NoEndpoints",
         .words = {"ncm.usb0 3", "otg/endpoints is 2", "switch off"},
         .otg = "endpoints: 2"},
        {.name = "KernelSupport",
         .error = "KernelSupport",
         .words = {"/functions/ncm.usb0", "usb_f_ncm", "otg/devices/ethernet/driver"},
         .arrange = [](Stage& stage) { stage.daemon.kernel().setFunctions("hid ecm"); }},
        {.name = "NoNetworkManager",
         .error = "BackendUnavailable",
         .words = {"NetworkManager is not running", "otgnet/link/backend"},
         .otgnet = "link: {backend: networkmanager}"},
        {.name = "NoModule",
         .error = "BackendUnavailable",
         .words = {OTGNET_MODULE, "install the package otgnet-networkmanager"},
         .otgnet = "link: {backend: networkmanager}",
         .arrange =
             [](Stage&) {
                 run({"mount", "-t", "tmpfs", "tmpfs", fs::path(OTGNET_MODULE).parent_path()});
             }},
        {.name = "NoNetworkd",
         .error = "BackendUnavailable",
         .words = {"systemd-networkd does not run", "unmask systemd-networkd.service"},
         .arrange = [](Stage& stage) { stage.networkd.terminate(); }},
        {.name = "Firewall",
         .error = "Firewall",
         .words = {"table inet otgnet", "Operation not permitted", "; it is owned by netlink port "},
         .arrange = [](Stage& stage) { stage.helper = holdTable(); }},
        {.name = "Conflict",
         .error = "Conflict",
         .words = {"otgnet/iface/net", "172.30.30.0/24 of lan", "choose another"},
         .arrange =
             [](Stage& stage) {
                 stage.call().Enable(); // from then on it is told of the networks of others
                 stage.call().Disable();
                 run({"ip", "link", "add", "lan", "type", "veth", "peer", "name", "lan1"});
                 run({"ip", "link", "set", "lan", "up"});
                 run({"ip", "addr", "add", "172.30.30.99/24", "dev", "lan"});
             }},
        {.name = "ReadOnly",
         .error = "ReadOnly",
         .words = {"/run/kvmd/", "Read-only file system; mount it writable first"},
         .otg = "init_delay: 0.1",
         .arrange =
             [](Stage& stage) {
                 stage.startKvmd();
                 makeReadOnly("/run/kvmd");
             }},
        {.name = "HookFailed",
         .error = "HookFailed",
         .words = {"otgnet/commands/post_start_cmd: ", "'/bin/sh -c echo no cable; exit 3'", "exit code 3", "no cable"},
         .otgnet = "commands: {post_start_cmd: [/bin/sh, -c, 'echo no cable; exit 3']}"},
        {.name = "HookMistake",
         .error = "HookFailed",
         .words = {"otgnet/commands/post_start_cmd: ", "{nobody}"},
         .otgnet = "commands: {post_start_cmd: [/bin/echo, '{nobody}']}"},
    };
}

class WayUp : public ::testing::TestWithParam<Trouble> {
protected:
    static std::string configuration(const std::string& start, const Trouble& trouble = {}) {
        return "otg:\n  devices: {ethernet: {enabled: true, driver: ncm, start: " + start + "}}\n  " + trouble.otg +
               "\notgnet:\n  " + trouble.otgnet + "\n";
    }

    ctl::Service& call() { return stage_.call(); }
    void set(bool start) { call().SetConfig({{startKey, sdbus::Variant{start}}}, false); }

    void expectTrouble(const Failure& failure) { expectFailure(failure, GetParam().error, GetParam().words); }

    /// The change that failed was taken back, and nothing is wrong.
    void expectUndone(const Failure& failure) {
        expectTrouble(failure);
        EXPECT_EQ(call().State(), "disabled");
        EXPECT_EQ(std::get<0>(call().LastError()), "");
        EXPECT_EQ(Machine(stage_), before_);
    }

    /// It is what the service shows from now on.
    void expectShown(const Failure& failure) {
        expectTrouble(failure);
        EXPECT_EQ(call().State(), "failed");
        EXPECT_EQ(std::get<0>(call().LastError()), failure.name);
        EXPECT_EQ(std::get<1>(call().LastError()), failure.text);
        EXPECT_EQ(Machine(stage_), before_);
    }

    Stage stage_{configuration("false")};
    std::optional<Machine> before_;
};

TEST_P(WayUp, FailsByNameAndLeavesTheMachineClosed) {
    set(false);
    GetParam().arrange(stage_);
    before_.emplace(stage_);
    Daemon::configure(configuration("true", GetParam()));
    call().Reload();

    expectUndone(failureOf([&] { call().ResetConfig({startKey}, false); }));
    expectUndone(failureOf([&] { set(true); }));
    expectShown(failureOf([&] { call().Enable(); }));
    expectShown(failureOf([&] { call().Replug(); }));
    expectShown(failureOf([&] { call().Reload(); }));
}

INSTANTIATE_TEST_SUITE_P(Errors, WayUp, ::testing::ValuesIn(troubles()),
                         [](const auto& trouble) { return trouble.param.name; });

// --- on the way down: Disable, which puts kvmd's gadget back --------------------------------------------------------

/// What goes wrong while the service takes itself out of the gadget.
struct Obstacle {
    std::string name; ///< of the error
    std::vector<std::string> words;
    bool gadgetStuck = false; ///< so the firewall has to stay
    std::string script{};     ///< what somebody does just before
    int bindError = 0;        ///< what the kernel says to the gadget without us
    std::function<void()> arrange = [] {};
};

std::ostream& operator<<(std::ostream& out, const Obstacle& obstacle) {
    return out << obstacle.name;
}

std::vector<Obstacle> obstacles() {
    return {
        {.name = "NoController",
         .words = {"no USB device controller", "config.txt"},
         .gadgetStuck = true,
         .script = "echo remove dummy_udc.0 > $KERNEL/control/udc"},
        {.name = "ControllerBusy",
         .words = {"dummy_udc.0", "'other'", "remove that gadget"},
         .gadgetStuck = true,
         .script = "cd $KERNEL/config/usb_gadget; echo > kvmd/UDC; mkdir other other/functions/hid.usb9 "
                   "other/configs/c.1; ln -s $PWD/other/functions/hid.usb9 other/configs/c.1/; echo dummy_udc.0 > "
                   "other/UDC"},
        {.name = "NoEndpoints",
         .words = {"'kvmd'", "dummy_udc.0", "too few endpoints", "kernel log"},
         .gadgetStuck = true,
         .bindError = ENOSPC},
        {.name = "KernelSupport",
         .words = {"'kvmd'", "dummy_udc.0", "Input/output error", "kernel log"},
         .gadgetStuck = true,
         .bindError = EIO},
        {.name = "ReadOnly",
         .words = {"/run/kvmd/otg/ncm.usb0@meta.json", "Read-only file system"},
         .gadgetStuck = true,
         .arrange = [] { makeReadOnly("/run/kvmd"); }},
        {.name = "BackendUnavailable",
         .words = {"/run/systemd/network/10-otgnet-usb0.network", "Read-only file system"},
         .arrange = [] { makeReadOnly("/run/systemd/network"); }},
        {.name = "HookFailed",
         .words = {"otgnet/commands/", "'/bin/sh /run/meanwhile'", "exit code 3"},
         .script = "exit 3"},
    };
}

class WayDown : public ::testing::TestWithParam<Obstacle> {
protected:
    void SetUp() override {
        stage_.startKvmd();
        write("true");
        Daemon::configure("otg:\n  devices: {ethernet: {enabled: true, driver: ncm}}\n  init_delay: 0.1\n"
                          "otgnet:\n  commands: {pre_stop_cmd: [/bin/sh, /run/meanwhile]}\n");
        call().Reload();
        ASSERT_EQ(call().Gadget(), "kvmd");
    }

    void write(const std::string& script) {
        const std::string kernel = stage_.daemon.kernel().roots().configfs.parent_path();
        writeFileAtomic("/run/meanwhile", "KERNEL=" + kernel + "\n" + script + "\n", 0644, ErrorCode::Failed);
    }

    /// Which of the operations of Disable binds the gadget again.
    int bindingOperation() {
        stage_.daemon.kernel().forget();
        call().Disable();
        const auto operations = stage_.daemon.kernel().operations();
        const auto bind = std::find(operations.begin(), operations.end(), "write kvmd/UDC dummy_udc.0");
        EXPECT_NE(bind, operations.end());
        call().Enable();
        return static_cast<int>(bind - operations.begin()) + 1;
    }

    ctl::Service& call() { return stage_.call(); }

    Stage stage_{"{}"};
};

TEST_P(WayDown, FailsByNameAndLeavesNothingOpen) {
    const Obstacle& obstacle = GetParam();
    if (obstacle.bindError != 0)
        stage_.daemon.kernel().fail(bindingOperation(), obstacle.bindError);
    write(obstacle.script);
    obstacle.arrange();

    expectFailure(failureOf([&] { call().Disable(); }), obstacle.name, obstacle.words);

    EXPECT_FALSE(call().Enabled());
    EXPECT_THAT(call().Warnings(), Contains(HasSubstr(obstacle.words.front()))) << "for those who have not called";
    EXPECT_EQ(rules().find("table inet otgnet") != std::string::npos, obstacle.gadgetStuck);
    EXPECT_EQ(stage_.world.ifindex(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Errors, WayDown, ::testing::ValuesIn(obstacles()),
                         [](const auto& obstacle) { return obstacle.param.name; });

// --- what the manual says -------------------------------------------------------------------------------------------

std::set<std::string> documented(const std::string& method) {
    const std::string xml = readFileIfExists(OTGNET_SOURCE_DIR "/dbus/org.pikvm.OtgNet1.xml").value();
    const std::string label = "errors: ";
    const auto begin = xml.find(label, xml.find("\n      " + method + ":\n")) + label.size();
    std::istringstream words(xml.substr(begin, xml.find("-->", begin) - begin));
    return {std::istream_iterator<std::string>(words), {}};
}

TEST(DocumentedErrors, AreThoseThatCanBeMade) {
    std::set<std::string> up{"InvalidConfig"}; // of a bad file: there is a test of its own
    for (const Trouble& trouble : troubles())
        up.insert(trouble.error);
    for (const char* method : {"Enable", "Replug", "Reload", "SetConfig", "ResetConfig"})
        EXPECT_EQ(documented(method), up) << method;
    std::set<std::string> down{"Firewall"}; // of a table in foreign hands: likewise
    for (const Obstacle& obstacle : obstacles())
        down.insert(obstacle.name);
    EXPECT_EQ(documented("Disable"), down);
}

} // namespace
} // namespace otgnet::sandbox
