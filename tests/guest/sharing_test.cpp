// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's gadget, with its keyboard and mice, and our function in it.

#include "guest/cable.hpp"
#include "guest/keyboard.hpp"

#include <gmock/gmock.h>
#include <pwd.h>
#include <sys/stat.h>

#include <csignal>

namespace otgnet::guest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string us = "172.30.30.1";
constexpr const char* gadgetPath = "/sys/kernel/config/usb_gadget/kvmd";

std::string sharing(const std::string& driver, const std::string& more = "") {
    return "otg: {init_delay: 0.5, user: nobody, " + more + "devices: {ethernet: {driver: " + driver + "}}}\n";
}

uid_t ownerOf(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_uid : 0;
}

class Sharing : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {
protected:
    Sharing() { kvmd.start(); }

    ctl::Service& call() { return cable.service.call(); }
    void expectKvmdAsBefore() {
        EXPECT_THAT(kvmd.links(), ElementsAre("hid.usb0", "hid.usb1", "hid.usb2"));
        EXPECT_THAT(kvmd.metaFiles(), ElementsAre("hid.usb0@meta.json", "hid.usb1@meta.json", "hid.usb2@meta.json"));
        EXPECT_EQ(kvmd.read("UDC"), "dummy_udc.0");
        kvmd.type();
    }

    const std::string driver = std::get<0>(GetParam());
    KeyboardGadget kvmd; // outlives the service
    Cable cable{sharing(driver), std::get<1>(GetParam())};
};

TEST_P(Sharing, JoinsBesideTheKeyboardAndLeavesItThere) {
    kvmd.type();

    cable.goOnline();

    const std::string ours = (driver == "rndis5" ? "rndis" : driver) + ".usb0";
    EXPECT_THAT(kvmd.links(), ElementsAre("hid.usb0", "hid.usb1", "hid.usb2", ours));
    EXPECT_EQ(call().Gadget(), "kvmd");
    EXPECT_EQ(call().EndpointsUsed(), 6U);
    EXPECT_EQ(ownerOf(gadgetPath + std::string("/UDC")), ::getpwnam("nobody")->pw_uid);
    EXPECT_EQ(ownerOf(gadgetPath + std::string("/configs/c.1")), ::getpwnam("nobody")->pw_uid);
    EXPECT_TRUE(cable.host.pings(us));
    kvmd.type();

    call().Disable();

    expectKvmdAsBefore();
    EXPECT_EQ(traces().interfaces, cable.before.interfaces);
    EXPECT_EQ(traces().tables, cable.before.tables);
    EXPECT_EQ(traces().profiles, cable.before.profiles);
}

INSTANTIATE_TEST_SUITE_P(All, Sharing,
                         ::testing::Values(std::tuple{"ecm", Manager::networkd}, std::tuple{"eem", Manager::networkd},
                                           std::tuple{"ncm", Manager::networkd}, std::tuple{"rndis", Manager::networkd},
                                           std::tuple{"rndis5", Manager::networkd},
                                           std::tuple{"ncm", Manager::networkManager}),
                         [](const auto& each) {
                             return std::string(std::get<0>(each.param)) + '_' + std::get<1>(each.param);
                         });

class SharingTrouble : public Sharing {
protected:
    void expectRebindToBeFollowed(const std::function<void()>& beforeTheBind) {
        cable.goOnline();
        cable.service.signals();

        kvmd.relinkAll(beforeTheBind);

        cable.service.untilSignal("HostAttached");
        cable.takeInterface();
        cable.service.untilState("online");
        EXPECT_THAT(cable.service.signals(),
                    ElementsAre("HostDetached dummy_udc.0 unbound", "HostAttached dummy_udc.0 high-speed"));
        kvmd.type();
    }
};

TEST_P(SharingTrouble, ARebindByKvmdOtgconfIsFollowed) {
    expectRebindToBeFollowed([this] { cable.service.untilSignal("HostDetached"); });
}

TEST_P(SharingTrouble, ARebindTooQuickToBeSeenIsFollowed) {
    expectRebindToBeFollowed([] {});
}

TEST_P(SharingTrouble, KvmdOtgMayStopAndStartUnderUs) {
    cable.goOnline();

    kvmd.stop();
    cable.service.untilState("failed");
    EXPECT_EQ(std::get<0>(call().LastError()), "org.pikvm.OtgNet.Error.NoController");
    cable.service.signals();
    kvmd.start();

    cable.service.untilSignal("HostAttached");
    cable.takeInterface();
    EXPECT_EQ(call().Gadget(), "kvmd");
    kvmd.type();
}

TEST_P(SharingTrouble, AKeyboardWithoutRoomForUsIsNotTouched) {
    kvmd.type();
    const auto device = cable.host.deviceNumber();
    Service::configure(sharing(driver, "endpoints: 5, "));
    call().Reload();

    EXPECT_EQ(cable.service.errorOf([&] { call().Enable(); }), "org.pikvm.OtgNet.Error.NoEndpoints");

    EXPECT_THAT(std::get<1>(call().LastError()), HasSubstr("hid.usb0 1 + hid.usb1 1 + hid.usb2 1 + ncm.usb0 3 = 6"));
    EXPECT_EQ(cable.host.deviceNumber(), device);
    expectKvmdAsBefore();
}

TEST_P(SharingTrouble, AKillInTheMiddleOfAJoinCostsNoKeyboard) {
    sandbox::Process enable({"busctl", "call", "org.pikvm.OtgNet", "/org/pikvm/OtgNet", "org.pikvm.OtgNet1", "Enable"});
    cable.service.until("the keyboard to be off the controller", [&] { return kvmd.read("UDC").empty(); });

    ASSERT_EQ(::kill(Service::pid(), SIGKILL), 0);
    cable.service.untilRestarted();

    cable.service.untilState("disabled");
    expectKvmdAsBefore();
}

INSTANTIATE_TEST_SUITE_P(Managers, SharingTrouble, ::testing::Values(std::tuple{"ncm", Manager::networkd}),
                         [](const auto& each) { return std::string(std::get<1>(each.param)); });

} // namespace
} // namespace otgnet::guest
