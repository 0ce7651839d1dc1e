// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetd from end to end, with its function in kvmd's gadget.

#include "sandbox/daemon.hpp"
#include "sandbox/modelled_kvmd.hpp"

#include <gmock/gmock.h>

#include <cerrno>

namespace otgnet::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* hostMac = "48:6f:73:74:50:43";
constexpr const char* kvmMac = "42:61:64:55:53:42";

using Names = std::vector<std::string>;

class SharingDaemonTest : public ::testing::Test {
protected:
    /// `ethernet`: more keys of otg/devices/ethernet; `more`: lines below "otgnet:", two blanks indented.
    std::string configuration(const std::string& driver, const std::string& more = "") const {
        return "otg:\n  init_delay: 0.1\n  user: nobody\n  meta: " + kvmd_.metaDirectory() +
               "\n  devices:\n    ethernet: {enabled: true, driver: " + driver + ", host_mac: '" + hostMac +
               "', kvm_mac: '" + kvmMac + "'}\notgnet:\n  firewall: {allow_tcp: [80]}\n" + more;
    }

    void start(const std::string& text) {
        daemon_.terminate();
        Daemon::configure(text);
        daemon_.kernel().forget();
        daemon_.start();
    }

    /// What was written to UDC since forget(): "" unbinds.
    Names binds() const {
        const std::string write = "write kvmd/UDC ";
        Names names;
        for (const std::string& operation : daemon_.kernel().operations())
            if (operation.starts_with(write))
                names.push_back(operation.substr(write.size()));
        return names;
    }

    ctl::Service& call() { return daemon_.call(); }
    Caller& caller() { return daemon_.caller(); }

    World world_{{.cable = false}};
    Process networkd_ = world_.startNetworkd();
    mutable Daemon daemon_{world_, "{}"};
    ModelledKvmd kvmd_{daemon_.kernel()};
};

/// kvmd's own driver and MACs, ours, and whether there are hooks.
using InFront = std::tuple<const char*, const char*, const char*, bool>;

class KvmdsEthernetInFront : public SharingDaemonTest, public ::testing::WithParamInterface<InFront> {};

TEST_P(KvmdsEthernetInFront, IsReplacedInOneRound) {
    const auto& [theirs, mac, driver, hooks] = GetParam();
    kvmd_.addEthernet(theirs, mac, *mac == '\0' ? "" : kvmMac);
    kvmd_.start();

    start(configuration(driver, hooks ? "  commands: {pre_start_cmd: [/bin/echo, hello]}\n" : ""));

    caller().untilState("waiting");
    const std::string ours = driver + std::string(".usb0");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", ours, "acm.usb0"));
    EXPECT_EQ(kvmd_.read("UDC"), "dummy_udc.0");
    EXPECT_EQ(kvmd_.read("functions/" + ours + "/host_addr"), hostMac);
    EXPECT_EQ(call().Interface(), "usb0");
    const bool same = std::string(theirs) == driver && std::string(mac) == hostMac;
    EXPECT_EQ(binds(), same ? Names{} : (Names{"", "dummy_udc.0"}));
}

TEST_P(KvmdsEthernetInFront, IsThereAgainAfterUsAndHasNoAddress) {
    const auto& [theirs, mac, driver, hooks] = GetParam();
    kvmd_.addEthernet(theirs, mac, *mac == '\0' ? "" : kvmMac);
    kvmd_.start();
    const KernelTree before = daemon_.kernel().tree();
    start(configuration(driver, hooks ? "  commands: {pre_start_cmd: [/bin/echo, hello]}\n" : ""));
    caller().untilState("waiting");

    call().Disable();

    KernelTree after = daemon_.kernel().tree();
    EXPECT_EQ(after, before);
    EXPECT_NE(world_.ifindex(), 0U);
    EXPECT_THAT(run({"ip", "-br", "addr", "show", "usb0"}), Not(HasSubstr("172.30.30.1")));
    EXPECT_THAT(run({"nft", "list", "ruleset"}), Not(HasSubstr("otgnet")));
}

std::string nameOf(const ::testing::TestParamInfo<InFront>& info) {
    const auto& [theirs, mac, driver, hooks] = info.param;
    return theirs + std::string(*mac == '\0' ? "_random" : "_equal") + (hooks ? "_hooks" : "");
}

INSTANTIATE_TEST_SUITE_P(Each, KvmdsEthernetInFront,
                         ::testing::Combine(::testing::Values("ecm", "ncm"), ::testing::Values("", hostMac),
                                            ::testing::Values("ecm"), ::testing::Bool()),
                         nameOf);

TEST_F(SharingDaemonTest, ControllerThatDoesNotComeFirstIsNotLeft) {
    daemon_.kernel().addController("a_udc.0");
    kvmd_.start();

    start(configuration("ncm"));

    caller().untilState("waiting");
    EXPECT_EQ(call().Udc(), "dummy_udc.0");
    call().Replug();
    call().SetConfig({{"otg/devices/ethernet/driver", sdbus::Variant{std::string("ecm")}}}, false);
    call().Disable();
    EXPECT_EQ(kvmd_.read("UDC"), "dummy_udc.0");
    EXPECT_THAT(binds(), Not(Contains("a_udc.0")));
}

TEST_F(SharingDaemonTest, ControllerThatIsConfiguredElsewhereGetsTheGadget) {
    daemon_.kernel().addController("a_udc.0");
    kvmd_.start();

    start(configuration("ncm").replace(0, 4, "otg:\n  udc: a_udc.0"));

    caller().untilState("waiting");
    EXPECT_EQ(kvmd_.read("UDC"), "a_udc.0");
}

/// What fails while the keyboard is off the controller is not tried again and again.
TEST_F(SharingDaemonTest, RefusedBindCostsTheKeyboardOneRound) {
    kvmd_.start();
    caller().untilState("disabled");
    daemon_.kernel().forget();
    Daemon::configure(configuration("ncm"));
    daemon_.kernel().fail(19, ENOSPC);

    EXPECT_EQ(Caller::errorOf([&] { call().Reload(); }), "org.pikvm.OtgNet.Error.NoEndpoints");

    bool over = false;
    const Source moment = callAt(bootNow() + 500'000, [&] { over = true; });
    caller().until("a moment", [&] { return over; });
    EXPECT_EQ(call().State(), "failed");
    EXPECT_EQ(binds(), (Names{"", "dummy_udc.0"}));
}

TEST_F(SharingDaemonTest, RefusedDriverCostsTheKeyboardNothing) {
    daemon_.kernel().setFunctions("ecm hid mass_storage acm");
    kvmd_.start();
    start(configuration("ecm"));
    caller().untilState("waiting");
    daemon_.kernel().forget();

    const auto change = [&] {
        call().SetConfig({{"otg/devices/ethernet/driver", sdbus::Variant{std::string("ncm")}}}, false);
    };
    EXPECT_EQ(Caller::errorOf(change), "org.pikvm.OtgNet.Error.KernelSupport");

    EXPECT_EQ(call().State(), "waiting");
    EXPECT_EQ(call().Driver(), "ecm");
    EXPECT_EQ(binds(), Names{});
}

TEST_F(SharingDaemonTest, FunctionThatKvmdOtgconfSwitchesOffStaysOffUntilItSwitchesItOn) {
    kvmd_.start();
    start(configuration("ncm"));
    caller().untilState("waiting");
    daemon_.plugHost();
    caller().untilSignal("HostAttached");
    caller().signals();
    const auto relink = [&](bool ours) { // as kvmd-otgconf does
        kvmd_.unbind();
        const Names all = kvmd_.links();
        for (const std::string& function : all)
            kvmd_.unlink(function);
        for (const std::string& function : all)
            if (function != "ncm.usb0")
                kvmd_.link(function);
        if (ours)
            kvmd_.link("ncm.usb0");
        kvmd_.bind();
        daemon_.kernel().setState("configured");
    };

    relink(false);

    caller().until("a warning", [&] { return !call().Warnings().empty(); });
    EXPECT_THAT(call().Warnings(), ElementsAre(HasSubstr("kvmd-otgconf -e ncm.usb0")));
    EXPECT_EQ(call().State(), "waiting");
    EXPECT_EQ(call().EndpointsUsed(), 6U);
    call().SetConfig({{"otgnet/firewall/allow_tcp", sdbus::Variant{std::vector<std::uint16_t>{22}}}}, false);
    EXPECT_THAT(kvmd_.links(), Not(Contains("ncm.usb0")));

    relink(true);

    caller().untilSignal("HostAttached");
    EXPECT_EQ(call().State(), "attached");
    EXPECT_THAT(call().Warnings(), IsEmpty());
    EXPECT_THAT(caller().signals(),
                ElementsAre("HostDetached dummy_udc.0 unbound", "HostAttached dummy_udc.0 high-speed"));
    relink(false);
    caller().until("a warning", [&] { return !call().Warnings().empty(); });
    call().Replug();
    EXPECT_THAT(kvmd_.links(), Contains("ncm.usb0"));
    EXPECT_THAT(call().Warnings(), IsEmpty());
}

} // namespace
} // namespace otgnet::sandbox
