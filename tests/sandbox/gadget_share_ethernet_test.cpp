// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our function in the place of the Ethernet function that kvmd-otg has made.

#include "sandbox/shared_gadget_fixture.hpp"

#include <cerrno>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* hostMac = "48:6f:73:74:50:43"; // as in the plan
constexpr const char* kvmMac = "42:61:64:55:53:42";

class ReplacedEthernet : public SharedGadgetTest {
protected:
    void makeEthernet(const std::string& type, const std::string& host = "02:00:00:00:00:01",
                      const std::string& kvm = "02:00:00:00:00:02", bool started = true) {
        kvmd_.stop();
        kvmd_.addEthernet(type, host, kvm);
        startKvmd(started ? std::vector<std::string>{} : std::vector<std::string>{type + ".usb0"});
    }
    std::string startSuccessor() {
        gadget_ = newGadget();
        return gadget_->standing(plan()).value_or("");
    }
};

TEST_F(ReplacedEthernet, OfTheSameDriverAndOfAnotherComesBackWhenWeLeave) {
    makeEthernet("ecm");
    EXPECT_EQ(gadget_->standing(plan(Driver::ecm)), std::nullopt);
    for (const Driver driver : {Driver::ecm, Driver::ncm, Driver::rndis5}) {
        EXPECT_EQ(join(driver).text, "");
        EXPECT_EQ(gadget_->standing(plan(driver)), "usb0");
        EXPECT_EQ(kvmd_.links().size(), 5U);
        EXPECT_EQ(remove().text, "");
        expectAsBefore("after leaving with " + std::string(driverName(driver)));
    }
}

TEST_F(ReplacedEthernet, WithDescriptorsForWindowsComesBackWithThem) {
    makeEthernet("rndis");
    for (const Driver driver : {Driver::ecm, Driver::ncm, Driver::rndis}) {
        EXPECT_EQ(join(driver).text, "");
        EXPECT_EQ(remove().text, "");
        expectAsBefore("after leaving with " + std::string(driverName(driver)));
    }
}

TEST_F(ReplacedEthernet, ThatWasNotStartedComesBackSo) {
    makeEthernet("ecm", "", "", false);
    EXPECT_EQ(join(Driver::ecm).text, "");
    EXPECT_EQ(gadget_->standing(plan(Driver::ecm)), "usb0");
    EXPECT_EQ(remove().text, "");
    expectAsBefore("after leaving");
}

TEST_F(ReplacedEthernet, IsNotForgottenByChangesOfTheDriverNorByASuccessor) {
    makeEthernet("ecm");
    for (const Driver driver : {Driver::rndis, Driver::ecm, Driver::ncm}) {
        EXPECT_EQ(join(driver).text, "");
        EXPECT_EQ(startSuccessor(), driver == Driver::ncm ? "usb0" : "");
    }
    expectJoined("after the changes");
    EXPECT_EQ(remove().text, "");
    expectAsBefore("after leaving");
}

TEST_F(ReplacedEthernet, ThatIsJustAsPlannedIsAdoptedAndGivenBackUntouched) {
    makeEthernet("ecm", hostMac, kvmMac);
    EXPECT_EQ(join(Driver::ecm).text, "");
    EXPECT_EQ(gadget_->standing(plan(Driver::ecm)), "usb0");
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kernel_.operations(), ElementsAre("chown kvmd/UDC", "chown kvmd/configs/c.1"));
    expectAsBefore("after leaving");
}

TEST_F(ReplacedEthernet, ComesBackIfOursDoesNotComeUp) {
    makeEthernet("rndis");
    for (const Driver driver : {Driver::rndis, Driver::ncm, Driver::ecm})
        for (int step = 1; step < 15; ++step) {
            kernel_.fail(step, EIO);
            EXPECT_TRUE(join(driver).code) << step;
            kernel_.work();
            expectAsBefore(std::string(driverName(driver)) + ", failure of step " + std::to_string(step));
        }
}

TEST_F(ReplacedEthernet, ComesBackAfterAKillAtAnyStepOfAJoinAndOfALeave) {
    makeEthernet("ecm");
    for (const Driver driver : {Driver::ecm, Driver::ncm})
        for (int step = 1;; ++step) {
            const std::string when = std::string(driverName(driver)) + ", killed at step " + std::to_string(step);
            kernel_.kill(step, true);
            const bool survived = survives([&] {
                join(driver);
                remove();
            });
            kernel_.work();
            startSuccessor();
            EXPECT_EQ(remove().text, "") << when;
            expectAsBefore(when);
            if (survived)
                break;
        }
}

TEST_F(ReplacedEthernet, SwitchedOffBeforeWeLeaveComesBackSwitchedOff) {
    makeEthernet("ecm");
    join(Driver::ncm);
    kvmd_.unlink("ncm.usb0"); // as kvmd-otgconf does, but for the relinking
    kvmd_.bind();
    kernel_.forget();
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "acm.usb0"));
    EXPECT_EQ(kvmd_.read("functions/ecm.usb0/host_addr"), "02:00:00:00:00:01");
    EXPECT_THAT(metaText(kvmd_.metaDirectory(), "ecm.usb0"), Not(IsEmpty()));
    EXPECT_THAT(kernel_.operations(), Not(::testing::Contains(::testing::StartsWith("write kvmd/UDC"))));
}

} // namespace
} // namespace otgnet::sandbox
