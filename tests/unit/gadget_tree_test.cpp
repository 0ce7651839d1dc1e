// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/gadget_tree.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

using namespace std::string_literals;
using Reading = GadgetAttribute::Reading;

GadgetPlan plan(Driver driver) {
    GadgetPlan plan;
    plan.name = "otgnet";
    plan.driver = driver;
    plan.hostMac = MacAddress::parse("48:6f:73:74:50:43").value();
    plan.kvmMac = MacAddress::parse("42:61:64:55:53:42").value();
    plan.vendorId = 0x1d6b;
    plan.productId = 0x0104;
    plan.deviceVersion = 0x0101;
    plan.usbVersion = 0x0200;
    plan.manufacturer = "PiKVM";
    plan.product = "Network";
    plan.maxPower = 250;
    return plan;
}

TEST(GadgetTree, DescribesTheWholeGadget) {
    GadgetPlan rndis = plan(Driver::rndis);
    rndis.configuration = "One";
    const std::string f = "functions/rndis.usb0";
    const GadgetTree expected{
        .directories = {"", "strings/0x409", "configs/c.1", "configs/c.1/strings/0x409", f},
        .attributes = {{"idVendor", "0x1d6b", Reading::number},
                       {"idProduct", "0x0104", Reading::number},
                       {"bcdDevice", "0x0101", Reading::number},
                       {"bcdUSB", "0x0200", Reading::changes},
                       {"strings/0x409/manufacturer", "PiKVM"},
                       {"strings/0x409/product", "Network"},
                       {"strings/0x409/serialnumber", ""},
                       {"configs/c.1/MaxPower", "250", Reading::number},
                       {"configs/c.1/bmAttributes", "0x80", Reading::number},
                       {"configs/c.1/strings/0x409/configuration", "One"},
                       {f + "/host_addr", "48:6f:73:74:50:43"},
                       {f + "/dev_addr", "42:61:64:55:53:42"},
                       {f + "/os_desc/interface.rndis/compatible_id", "RNDIS"},
                       {f + "/os_desc/interface.rndis/sub_compatible_id", "5162001"},
                       {"os_desc/use", "1", Reading::number},
                       {"os_desc/b_vendor_code", "0xcd", Reading::number},
                       {"os_desc/qw_sign", "MSFT100"}},
        .links = {{"os_desc/c.1", "configs/c.1"}, {"configs/c.1/rndis.usb0", f}},
    };
    EXPECT_EQ(describeGadget(rndis), expected);
}

TEST(GadgetTree, DescribesTheFunctionAlone) {
    const std::string f = "functions/ecm.usb0";
    const GadgetTree expected{
        .directories = {f},
        .attributes = {{f + "/host_addr", "48:6f:73:74:50:43"}, {f + "/dev_addr", "42:61:64:55:53:42"}},
        .links = {{"configs/c.1/ecm.usb0", f}},
    };
    EXPECT_EQ(describeFunction(plan(Driver::ecm)), expected);
}

TEST(GadgetTree, ReadsWhatKernelsShow) {
    EXPECT_TRUE(holds({"serialnumber", "CAFEBABE"}, "CAFEBABE\n"));
    EXPECT_TRUE(holds({"serialnumber", ""}, "\n"));
    EXPECT_FALSE(holds({"serialnumber", "10"}, "0x0a\n"));
    EXPECT_TRUE(holds({"compatible_id", "WINNCM"}, "WINNCM\0\0"s));
    EXPECT_TRUE(holds({"compatible_id", ""}, "\0\0\0\0\0\0\0\0"s));
    EXPECT_TRUE(holds({"qw_sign", "MSFT100"}, "M\0S\0F\0T\0001\0000\0000\0"s));
    EXPECT_TRUE(holds({"idVendor", "0x1d6b", Reading::number}, "0x1d6b\n"));
    EXPECT_FALSE(holds({"idVendor", "0x1d6b", Reading::number}, "0x1d6c\n"));
    EXPECT_FALSE(holds({"idVendor", "0x1d6b", Reading::number}, ""));
    for (const char* code : {"0xcd\n", "205", "-51\n", "0xffffffcd\n"})
        EXPECT_TRUE(holds({"b_vendor_code", "0xcd", Reading::number}, code)) << code;
    EXPECT_TRUE(holds({"bcdUSB", "0x0200", Reading::changes}, "0x0210\n"));
}

} // namespace
} // namespace otgnet
