// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/transition.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

Plan plainPlan() {
    const IfName usb0 = *IfName::parse("usb0");
    const Cidr4 network = *Cidr4::parse("172.30.30.0/24");
    GadgetPlan gadget;
    gadget.name = ownGadgetName;
    gadget.driver = Driver::ncm;
    return {gadget, {usb0, *Ipv4::parse("172.30.30.1"), network, {}, {}, {}}, {usb0, network, true, {}, {}, {}}, {}};
}

Standing standing(const Plan& plan) {
    Standing s;
    s.gadget = plan.gadget;
    s.link = plan.link;
    s.firewall = plan.firewall;
    s.hooks = plan.hooks;
    return s;
}

TEST(Transition, FromNothingTheFirewallComesFirstAndTheBindAfterTheProfile) {
    EXPECT_EQ(stepsTo(plainPlan(), {}),
              (Steps{Step::putFirewall, Step::publishLink, Step::putGadget, Step::settleLink}));
}

TEST(Transition, UnchangedPlanIsNoStepAtAll) {
    EXPECT_EQ(stepsTo(plainPlan(), standing(plainPlan())), Steps{});
}

TEST(Transition, PortsAreOneTransaction) {
    Plan plan = plainPlan();
    plan.firewall.allowTcp = {22};
    EXPECT_EQ(stepsTo(plan, standing(plainPlan())), Steps{Step::putFirewall});
}

TEST(Transition, ForwardingOnAndOff) {
    Plan plan = plainPlan();
    plan.firewall.forwardInterface = IfName::parse("eth0");
    EXPECT_EQ(stepsTo(plan, standing(plainPlan())), (Steps{Step::putFirewall, Step::setForwarding}));
    Standing forwarding = standing(plan);
    forwarding.forwarding = true;
    EXPECT_EQ(stepsTo(plainPlan(), forwarding), (Steps{Step::putFirewall, Step::setForwarding}));
}

TEST(Transition, DhcpOptionsReprofileWithoutEnumeration) {
    Plan plan = plainPlan();
    plan.link.dhcp = DhcpConfig{};
    EXPECT_EQ(stepsTo(plan, standing(plainPlan())), (Steps{Step::publishLink, Step::settleLink}));
}

TEST(Transition, AnotherNetworkReplugsOnce) {
    Plan plan = plainPlan();
    plan.link.network = plan.firewall.network = *Cidr4::parse("10.0.0.0/24");
    plan.link.address = *Ipv4::parse("10.0.0.1");
    EXPECT_EQ(stepsTo(plan, standing(plainPlan())),
              (Steps{Step::putFirewall, Step::publishLink, Step::replug, Step::settleLink}));
}

TEST(Transition, AnotherDriverRebinds) {
    Plan plan = plainPlan();
    plan.gadget.driver = Driver::ecm;
    EXPECT_EQ(stepsTo(plan, standing(plainPlan())), (Steps{Step::putGadget, Step::settleLink}));
}

TEST(Transition, AnotherNameOfTheInterfaceIsDownAndUp) {
    Plan plan = plainPlan();
    plan.link.ifname = plan.firewall.ifname = *IfName::parse("usb1");
    Steps steps{Step::removeGadget, Step::withdrawLink, Step::clearForwarding, Step::removeFirewall};
    for (const Step step : stepsTo(plan, {}))
        steps.push_back(step);
    EXPECT_EQ(stepsTo(plan, standing(plainPlan())), steps) << "or the old one would stand in the open";
}

TEST(Transition, AnAdoptedGadgetIsNotTouched) {
    Standing found;
    found.gadget = plainPlan().gadget;
    found.leftovers = true;
    EXPECT_EQ(stepsTo(plainPlan(), found),
              (Steps{Step::putFirewall, Step::publishLink, Step::settleLink, Step::setForwarding}));
}

TEST(Transition, HooksFrameTheLifeOfTheInterface) {
    Plan plan = plainPlan();
    plan.hooks = {{{"/a"}, {}}, {{"/b"}, {}}, {{"/c"}, {}}, {{"/d"}, {}}};
    const Steps up{Step::runPreStart, Step::putFirewall, Step::publishLink,
                   Step::putGadget,   Step::settleLink,  Step::runPostStart};
    EXPECT_EQ(stepsTo(plan, {}), up);
    const Steps down{Step::runPreStop,      Step::removeGadget,   Step::withdrawLink,
                     Step::clearForwarding, Step::removeFirewall, Step::runPostStop};
    EXPECT_EQ(stepsDown(standing(plan)), down);

    Plan other = plan;
    other.gadget.driver = Driver::ecm;
    Steps restart = down;
    restart.insert(restart.end(), up.begin(), up.end());
    EXPECT_EQ(stepsTo(other, standing(plan)), restart);
}

TEST(Transition, DownFromNothingIsNothingAndFromTheUnknownEverything) {
    EXPECT_EQ(stepsDown({}), Steps{});
    Standing unknown;
    unknown.leftovers = true;
    EXPECT_EQ(stepsDown(unknown),
              (Steps{Step::removeGadget, Step::withdrawLink, Step::clearForwarding, Step::removeFirewall}));
}

} // namespace
} // namespace otgnet
