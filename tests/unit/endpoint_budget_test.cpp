// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/endpoint_budget.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

GadgetPlan planWith(unsigned endpoints) {
    GadgetPlan plan;
    plan.driver = Driver::rndis5;
    plan.endpoints = endpoints;
    return plan;
}

TEST(EndpointBudget, CountsAsKvmdDoes) {
    const std::vector<std::string> functions{"hid.usb0",   "mass_storage.usb1", "ecm.usb0",  "eem.usb0", "ncm.usb0",
                                             "rndis.usb0", "acm.usb0",          "uac2.usb0", "uvc.usb0"};
    std::vector<unsigned> counts;
    for (const std::string& function : functions)
        counts.push_back(knownEndpoints(function));
    EXPECT_EQ(counts, (std::vector{1U, 2U, 3U, 3U, 3U, 3U, 3U, 2U, 2U}));
    EXPECT_EQ(knownEndpoints("midi.usb0"), 3U);
}

TEST(EndpointBudget, KnowsTheNetworkFunctions) {
    EXPECT_TRUE(isEthernet("ncm.usb0"));
    EXPECT_TRUE(isEthernet("rndis.usb1"));
    EXPECT_FALSE(isEthernet("acm.usb0"));
    EXPECT_FALSE(isEthernet("ncmx.usb0"));
}

TEST(EndpointBudget, SortsAsKvmdCreates) {
    std::vector<std::string> names{"midi.x",   "uvc.usb0",          "uac2.usb0",         "acm.usb0",
                                   "ncm.usb0", "mass_storage.usb1", "mass_storage.usb0", "hid.usb10",
                                   "hid.usb2", "hid.usb0"};
    sortByCreation(names);
    EXPECT_EQ(names,
              (std::vector<std::string>{"hid.usb0", "hid.usb2", "hid.usb10", "mass_storage.usb0", "mass_storage.usb1",
                                        "ncm.usb0", "acm.usb0", "uac2.usb0", "uvc.usb0", "midi.x"}));
}

TEST(EndpointBudget, TakesWhatJustFits) {
    const std::vector<EndpointUse> others{{"hid.usb0", 1}, {"hid.usb1", 1}, {"mass_storage.usb0", 2}};
    EXPECT_EQ(total(others), 4U);
    EXPECT_NO_THROW(requireEndpoints(others, planWith(7)));
}

TEST(EndpointBudget, ShowsTheSumOfWhatDoesNotFit) {
    try {
        requireEndpoints({{"hid.usb0", 1}, {"acm.usb0", 3}}, planWith(6));
        FAIL() << "it was taken";
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::NoEndpoints);
        EXPECT_STREQ(e.what(), "no free endpoints: hid.usb0 1 + acm.usb0 3 + rndis.usb0 3 = 7, but otg/endpoints is 6; "
                               "switch off another function of the gadget");
    }
}

} // namespace
} // namespace otgnet
