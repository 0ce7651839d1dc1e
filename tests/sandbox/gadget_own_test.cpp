// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/gadget_fixture.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <fstream>

namespace otgnet::sandbox {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Everything below usb_gadget when ownPlan(driver) stands on dummy_udc.0.
KernelTree standingTree(Driver driver) {
    const std::string type = driver == Driver::rndis5 ? "rndis" : std::string(driverName(driver));
    const std::string f = "otgnet/functions/" + type + ".usb0";
    KernelTree tree{
        {"otgnet", "/"},
        {"otgnet/UDC", "dummy_udc.0\n"},
        {"otgnet/bDeviceClass", "0x00\n"},
        {"otgnet/bDeviceSubClass", "0x00\n"},
        {"otgnet/bDeviceProtocol", "0x00\n"},
        {"otgnet/bMaxPacketSize0", "0x00\n"},
        {"otgnet/idVendor", "0x1d6b\n"},
        {"otgnet/idProduct", "0x0104\n"},
        {"otgnet/bcdDevice", "0x0100\n"},
        {"otgnet/bcdUSB", "0x0200\n"},
        {"otgnet/max_speed", "super-speed\n"},
        {"otgnet/strings", "/"},
        {"otgnet/strings/0x409", "/"},
        {"otgnet/strings/0x409/manufacturer", "PiKVM\n"},
        {"otgnet/strings/0x409/product", "PiKVM Composite Device\n"},
        {"otgnet/strings/0x409/serialnumber", "CAFEBABE\n"},
        {"otgnet/configs", "/"},
        {"otgnet/configs/c.1", "/"},
        {"otgnet/configs/c.1/MaxPower", "250\n"},
        {"otgnet/configs/c.1/bmAttributes", "0xa0\n"},
        {"otgnet/configs/c.1/strings", "/"},
        {"otgnet/configs/c.1/" + type + ".usb0", "-> ../../../../usb_gadget/" + f},
        {"otgnet/functions", "/"},
        {f, "/"},
        {f + "/host_addr", "48:6f:73:74:50:43\n"},
        {f + "/dev_addr", "42:61:64:55:53:42\n"},
        {f + "/ifname", "usb0\n"},
        {f + "/qmult", "5\n"},
        {"otgnet/os_desc", "/"},
        {"otgnet/os_desc/use", "0\n"},
        {"otgnet/os_desc/b_vendor_code", "0x00\n"},
        {"otgnet/os_desc/qw_sign", "\n"},
    };
    if (type == "ncm" || type == "rndis") {
        const std::string interface = f + "/os_desc/interface." + type;
        tree[f + "/os_desc"] = tree[interface] = "/";
        tree[interface + "/compatible_id"] = tree[interface + "/sub_compatible_id"] = "\0\0\0\0\0\0\0\0"s;
        if (driver == Driver::ncm)
            tree[interface + "/compatible_id"] = "WINNCM\0\0"s;
        if (driver == Driver::rndis) {
            tree[interface + "/compatible_id"] = "RNDIS\0\0\0"s;
            tree[interface + "/sub_compatible_id"] = "5162001\0"s;
        }
    }
    if (driver == Driver::ncm || driver == Driver::rndis) {
        tree["otgnet/os_desc/use"] = "1\n";
        tree["otgnet/os_desc/b_vendor_code"] = "0xcd\n";
        tree["otgnet/os_desc/qw_sign"] = "MSFT100\n";
        tree["otgnet/os_desc/c.1"] = "-> ../../../usb_gadget/otgnet/configs/c.1";
    }
    return tree;
}

class OwnGadgetTest : public GadgetTest {};

class OwnGadgetDriverTest : public GadgetTest, public ::testing::WithParamInterface<Driver> {};

INSTANTIATE_TEST_SUITE_P(Drivers, OwnGadgetDriverTest,
                         ::testing::Values(Driver::ecm, Driver::eem, Driver::ncm, Driver::rndis, Driver::rndis5),
                         [](const auto& driver) { return std::string(driverName(driver.param)); });

/// With the fewest and with the most steps.
class OwnGadgetKillTest : public OwnGadgetDriverTest {};

INSTANTIATE_TEST_SUITE_P(Drivers, OwnGadgetKillTest, ::testing::Values(Driver::ecm, Driver::rndis),
                         [](const auto& driver) { return std::string(driverName(driver.param)); });

TEST_P(OwnGadgetDriverTest, StandsAndGoesWithoutATrace) {
    EXPECT_EQ(gadget_->standing(ownPlan(GetParam())), std::nullopt);
    EXPECT_EQ(put(ownPlan(GetParam())).text, "");
    EXPECT_EQ(kernel_.tree(), standingTree(GetParam()));
    EXPECT_EQ(gadget_->standing(ownPlan(GetParam())), "usb0");
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kernel_.tree(), IsEmpty());
}

TEST_P(OwnGadgetDriverTest, WhatStandsIsNotTouched) {
    put(ownPlan(GetParam()));
    kernel_.forget();
    EXPECT_EQ(put(ownPlan(GetParam())).text, "");
    gadget_ = newGadget(); // as after a kill -9
    EXPECT_EQ(gadget_->standing(ownPlan(GetParam())), "usb0");
    EXPECT_THAT(kernel_.operations(), IsEmpty());
}

TEST_P(OwnGadgetDriverTest, ReplacesEveryOtherDriver) {
    for (const Driver other : {Driver::ecm, Driver::eem, Driver::ncm, Driver::rndis, Driver::rndis5}) {
        put(ownPlan(other));
        EXPECT_EQ(put(ownPlan(GetParam())).text, "");
        KernelTree expected = standingTree(GetParam());
        KernelTree found = kernel_.tree();
        for (const char* harmless : {"b_vendor_code", "qw_sign"}) // while they are not in use
            if (expected["otgnet/os_desc/use"] == "0\n")
                expected.erase("otgnet/os_desc/"s + harmless), found.erase("otgnet/os_desc/"s + harmless);
        EXPECT_EQ(found, expected) << "after " << driverName(other);
    }
}

TEST_P(OwnGadgetDriverTest, AFailureAtAnyStepLeavesNoTrace) {
    int step = 1;
    for (;; ++step) {
        kernel_.fail(step, EIO);
        const GadgetOutcome outcome = put(ownPlan(GetParam()));
        if (!outcome.code)
            break;
        EXPECT_EQ(outcome.code, ErrorCode::KernelSupport) << outcome.text;
        EXPECT_THAT(outcome.text, HasSubstr("Input/output error")) << step;
        EXPECT_THAT(kernel_.tree(), IsEmpty()) << "after failure of step " << step;
    }
    EXPECT_GT(step, 15);
    kernel_.work();
    EXPECT_EQ(kernel_.tree(), standingTree(GetParam()));
}

TEST_P(OwnGadgetKillTest, IsCleanedUpOrFinishedAfterAKillAtAnyStep) {
    for (const bool after : {false, true})
        for (int step = 1;; ++step) {
            kernel_.kill(step, after);
            const bool survived = survives([&] { put(ownPlan(GetParam())); });
            kernel_.work();
            const KernelTree left = kernel_.tree();
            EXPECT_EQ(recover(ownPlan(GetParam())).text, "");
            if (left != standingTree(GetParam())) {
                EXPECT_THAT(kernel_.tree(), IsEmpty()) << "killed at step " << step;
            }
            EXPECT_EQ(put(ownPlan(GetParam())).text, "");
            EXPECT_EQ(kernel_.tree(), standingTree(GetParam())) << "killed at step " << step;
            EXPECT_EQ(remove().text, "");
            if (survived)
                break;
        }
}

TEST_P(OwnGadgetKillTest, PutFinishesWhatAKilledOneHasBegun) {
    for (int step = 1;; ++step) {
        kernel_.kill(step, true);
        const bool survived = survives([&] { put(ownPlan(GetParam())); });
        kernel_.work();
        EXPECT_EQ(put(ownPlan(GetParam())).text, "");
        EXPECT_EQ(kernel_.tree(), standingTree(GetParam())) << "killed at step " << step;
        EXPECT_EQ(remove().text, "");
        if (survived)
            break;
    }
}

TEST_P(OwnGadgetKillTest, ARemovalMayBeKilledAnywhere) {
    for (int step = 1;; ++step) {
        put(ownPlan(GetParam()));
        kernel_.kill(step, true);
        const bool survived = survives([&] { remove(); });
        kernel_.work();
        EXPECT_EQ(recover(ownPlan(GetParam())).text, "");
        EXPECT_THAT(kernel_.tree(), IsEmpty()) << "killed at step " << step;
        if (survived)
            break;
    }
}

TEST_F(OwnGadgetTest, WhatIsOnlyUnboundIsOnlyBound) {
    put(ownPlan(Driver::ncm));
    std::ofstream(kernel_.roots().gadgets() / "otgnet/UDC") << "\n";
    EXPECT_EQ(gadget_->standing(ownPlan(Driver::ncm)), std::nullopt);
    kernel_.forget();
    EXPECT_EQ(put(ownPlan(Driver::ncm)).text, "");
    EXPECT_THAT(kernel_.operations(), ElementsAre("write otgnet/bcdUSB 0x0200", "write otgnet/UDC dummy_udc.0"));
}

TEST_F(OwnGadgetTest, ANewStringKeepsTheFunction) {
    put(ownPlan(Driver::ecm));
    kernel_.forget();
    GadgetPlan plan = ownPlan(Driver::ecm);
    plan.product = "Network";
    EXPECT_EQ(put(plan).text, "");
    EXPECT_THAT(kernel_.operations(),
                ElementsAre("write otgnet/UDC ", "write otgnet/bcdUSB 0x0200",
                            "write otgnet/strings/0x409/product Network", "write otgnet/UDC dummy_udc.0"));
}

TEST_F(OwnGadgetTest, ANewMacNeedsANewFunction) {
    put(ownPlan(Driver::ecm));
    GadgetPlan plan = ownPlan(Driver::ecm);
    plan.hostMac = MacAddress::parse("02:00:00:00:00:01").value();
    EXPECT_EQ(gadget_->standing(plan), std::nullopt);
    EXPECT_EQ(put(plan).text, "");
    KernelTree expected = standingTree(Driver::ecm);
    expected["otgnet/functions/ecm.usb0/host_addr"] = "02:00:00:00:00:01\n";
    EXPECT_EQ(kernel_.tree(), expected);
}

TEST_F(OwnGadgetTest, OptionalTextsComeAndGo) {
    GadgetPlan plan = ownPlan(Driver::ecm);
    plan.serial.reset();
    plan.manufacturer = "";
    plan.configuration = "Network";
    plan.remoteWakeup = false;
    EXPECT_EQ(put(plan).text, "");
    KernelTree expected = standingTree(Driver::ecm);
    expected["otgnet/strings/0x409/serialnumber"] = "\n";
    expected["otgnet/strings/0x409/manufacturer"] = "\n";
    expected["otgnet/configs/c.1/bmAttributes"] = "0x80\n";
    expected["otgnet/configs/c.1/strings/0x409"] = "/";
    expected["otgnet/configs/c.1/strings/0x409/configuration"] = "Network\n";
    EXPECT_EQ(kernel_.tree(), expected);
    EXPECT_EQ(put(ownPlan(Driver::ecm)).text, "");
    EXPECT_EQ(kernel_.tree(), standingTree(Driver::ecm));
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kernel_.tree(), IsEmpty());
}

TEST_F(OwnGadgetTest, StrangersInItAreSweptOut) {
    put(ownPlan(Driver::ecm));
    const auto gadget = kernel_.roots().gadgets() / "otgnet";
    std::ofstream(gadget / "UDC") << "\n";
    std::filesystem::create_directory(gadget / "functions/acm.usb0");
    std::filesystem::create_symlink(gadget / "functions/acm.usb0", gadget / "configs/c.1/acm.usb0");
    std::filesystem::create_directory(gadget / "configs/d.2");
    std::filesystem::create_directory(gadget / "strings/0x407");
    EXPECT_EQ(put(ownPlan(Driver::ecm)).text, "");
    EXPECT_EQ(kernel_.tree(), standingTree(Driver::ecm));
}

TEST_F(OwnGadgetTest, ReplugBindsAnewAndKeepsTheFunction) {
    put(ownPlan(Driver::ncm));
    kernel_.forget();
    EXPECT_EQ(replug().text, "");
    EXPECT_THAT(kernel_.operations(),
                ElementsAre("write otgnet/UDC ", "unlink otgnet/configs/c.1/ncm.usb0", "write otgnet/bcdUSB 0x0200",
                            "link otgnet/configs/c.1/ncm.usb0", "write otgnet/UDC dummy_udc.0"));
    EXPECT_EQ(kernel_.tree(), standingTree(Driver::ncm));
}

TEST_F(OwnGadgetTest, RemovingNothingIsFine) {
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kernel_.operations(), IsEmpty());
}

TEST_F(OwnGadgetTest, OtherGadgetsAreNotTouched) {
    std::filesystem::create_directory(kernel_.roots().gadgets() / "other");
    const KernelTree before = kernel_.tree();
    EXPECT_EQ(put(ownPlan(Driver::ecm)).text, "");
    EXPECT_EQ(remove().text, "");
    EXPECT_EQ(kernel_.tree(), before);
}

// --- what can be wrong with the machine: nothing is touched then ---------------------------------------------------

TEST_F(OwnGadgetTest, WithoutAControllerThereIsAHint) {
    kernel_.removeController();
    const GadgetOutcome outcome = put(ownPlan(Driver::ecm));
    EXPECT_EQ(outcome.code, ErrorCode::NoController);
    EXPECT_THAT(outcome.text, HasSubstr("dtoverlay=dwc2,dr_mode=peripheral"));
    EXPECT_THAT(kernel_.operations(), IsEmpty());
}

TEST_F(OwnGadgetTest, ANamedControllerHasToBeThere) {
    GadgetPlan plan = ownPlan(Driver::ecm);
    plan.udc = "fe980000.usb";
    const GadgetOutcome outcome = put(plan);
    EXPECT_EQ(outcome.code, ErrorCode::NoController);
    EXPECT_THAT(outcome.text, HasSubstr("'fe980000.usb' (otg/udc)"));
    kernel_.addController("fe980000.usb");
    EXPECT_EQ(put(plan).text, "");
    EXPECT_EQ(kernel_.tree()["otgnet/UDC"], "fe980000.usb\n");
}

TEST_F(OwnGadgetTest, ABusyControllerNamesItsHolder) {
    const auto other = kernel_.roots().gadgets() / "other";
    std::filesystem::create_directories(other / "functions/acm.usb0");
    std::filesystem::create_directories(other / "configs/c.1");
    std::filesystem::create_symlink(other / "functions/acm.usb0", other / "configs/c.1/acm.usb0");
    std::ofstream(other / "UDC") << "dummy_udc.0";
    kernel_.forget();
    const GadgetOutcome outcome = put(ownPlan(Driver::ecm));
    EXPECT_EQ(outcome.code, ErrorCode::ControllerBusy);
    EXPECT_THAT(outcome.text, HasSubstr("dummy_udc.0 is taken by the gadget 'other'"));
    EXPECT_THAT(kernel_.operations(), IsEmpty());
}

TEST_F(OwnGadgetTest, AMissingFunctionNamesItsModule) {
    kernel_.setFunctions("ecm");
    const GadgetOutcome outcome = put(ownPlan(Driver::ncm));
    EXPECT_EQ(outcome.code, ErrorCode::KernelSupport);
    EXPECT_THAT(outcome.text, HasSubstr("usb_f_ncm"));
    EXPECT_THAT(kernel_.tree(), IsEmpty());
}

TEST_F(OwnGadgetTest, WithoutLibcompositeThereIsAHint) {
    gadget_ = std::make_unique<ConfigfsGadget>(KernelRoots{"/nonexistent", kernel_.roots().sysfs});
    const GadgetOutcome outcome = put(ownPlan(Driver::ncm));
    EXPECT_EQ(outcome.code, ErrorCode::KernelSupport);
    EXPECT_THAT(outcome.text, HasSubstr("modprobe libcomposite"));
}

TEST_F(OwnGadgetTest, TooSmallABudgetIsRefusedWithTheArithmetic) {
    GadgetPlan plan = ownPlan(Driver::ncm);
    plan.endpoints = 2;
    const GadgetOutcome outcome = put(plan);
    EXPECT_EQ(outcome.code, ErrorCode::NoEndpoints);
    EXPECT_THAT(outcome.text, HasSubstr("ncm.usb0 3 = 3, but otg/endpoints is 2"));
    EXPECT_THAT(kernel_.operations(), IsEmpty());
}

TEST_F(OwnGadgetTest, WhatStandsOutlivesARefusal) {
    put(ownPlan(Driver::ecm));
    kernel_.forget();
    GadgetPlan tooLarge = ownPlan(Driver::ncm);
    tooLarge.endpoints = 2;
    EXPECT_EQ(put(tooLarge).code, ErrorCode::NoEndpoints);
    GadgetPlan elsewhere = ownPlan(Driver::ncm);
    elsewhere.udc = "fe980000.usb";
    EXPECT_EQ(put(elsewhere).code, ErrorCode::NoController);
    EXPECT_THAT(kernel_.operations(), IsEmpty());
    EXPECT_EQ(gadget_->standing(ownPlan(Driver::ecm)), "usb0");
}

TEST_F(OwnGadgetTest, WhatAKilledOneHasBegunGoesAfterARefusal) {
    kernel_.kill(5, true);
    ASSERT_FALSE(survives([&] { put(ownPlan(Driver::ncm)); }));
    kernel_.work();
    GadgetPlan tooLarge = ownPlan(Driver::ncm);
    tooLarge.endpoints = 2;
    EXPECT_EQ(put(tooLarge).code, ErrorCode::NoEndpoints);
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kernel_.tree(), IsEmpty());
}

/// The bind is the last changing operation of a put().
int stepsOf(const Kernel& kernel) {
    return static_cast<int>(kernel.operations().size());
}

TEST_F(OwnGadgetTest, ARefusedBindSaysWhatItsErrnoMeans) {
    put(ownPlan(Driver::ecm));
    const int bind = stepsOf(kernel_);
    const std::vector<std::pair<int, ErrorCode>> cases{
        {ENOSPC, ErrorCode::NoEndpoints},
        {EBUSY, ErrorCode::KernelSupport}, // the controller is free: kernel 6 says EBUSY for everything
        {ENODEV, ErrorCode::KernelSupport},
    };
    for (const auto& [error, code] : cases) {
        remove();
        kernel_.fail(bind, error);
        const GadgetOutcome outcome = put(ownPlan(Driver::ecm));
        EXPECT_EQ(outcome.code, code) << error;
        EXPECT_THAT(outcome.text, HasSubstr("refuses to bind the gadget 'otgnet' to dummy_udc.0")) << error;
        EXPECT_THAT(outcome.text, HasSubstr("the kernel log says why (journalctl -k)")) << error;
        EXPECT_THAT(kernel_.tree(), IsEmpty()) << error;
    }
}

} // namespace
} // namespace otgnet::sandbox
