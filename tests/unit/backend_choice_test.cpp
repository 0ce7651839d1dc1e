// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/backend_choice.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

constexpr const char* header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

TEST(DefaultRouteInterface, OfTheLowestMetric) {
    EXPECT_EQ(defaultRouteInterface(std::string(header) +
                                    "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
                                    "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                                    "eth1\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"),
              "eth0");
}

TEST(DefaultRouteInterface, NoneIsEmpty) {
    EXPECT_EQ(defaultRouteInterface(""), "");
    EXPECT_EQ(defaultRouteInterface(header), "");
    EXPECT_EQ(
        defaultRouteInterface(std::string(header) + "eth1\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"),
        "");
    // down, half of the address space, cut off
    EXPECT_EQ(defaultRouteInterface(std::string(header) + "eth0\t00000000\t0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"
                                                          "tun0\t00000000\t0\t0001\t0\t0\t0\t00000080\t0\t0\t0\n"
                                                          "eth2\t00000000\t0\t0001\t0\n"),
              "");
}

} // namespace
} // namespace otgnet
