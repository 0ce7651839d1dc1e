// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"
#include "sandbox/shared_gadget_fixture.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

namespace otgnet::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(SharedGadgetTest, JoinsInTheOrderOfKvmdAndRelinksEveryFunction) {
    EXPECT_EQ(join().text, "");
    expectJoined("after the join");
    EXPECT_THAT(kernel_.operations(),
                ElementsAre("mkdir kvmd/functions/ncm.usb0",
                            "write kvmd/functions/ncm.usb0/host_addr 48:6f:73:74:50:43",
                            "write kvmd/functions/ncm.usb0/dev_addr 42:61:64:55:53:42",
                            "write kvmd/functions/ncm.usb0/os_desc/interface.ncm/compatible_id WINNCM",
                            "write kvmd/UDC ", "unlink kvmd/configs/c.1/acm.usb0", "unlink kvmd/configs/c.1/hid.usb0",
                            "unlink kvmd/configs/c.1/hid.usb1", "unlink kvmd/configs/c.1/mass_storage.usb0",
                            "write kvmd/os_desc/use 1", "write kvmd/os_desc/b_vendor_code 0xcd",
                            "write kvmd/os_desc/qw_sign MSFT100", "link kvmd/configs/c.1/hid.usb0",
                            "link kvmd/configs/c.1/hid.usb1", "link kvmd/configs/c.1/mass_storage.usb0",
                            "link kvmd/configs/c.1/ncm.usb0", "link kvmd/configs/c.1/acm.usb0", "link kvmd/os_desc/c.1",
                            "write kvmd/UDC dummy_udc.0", "chown kvmd/UDC", "chown kvmd/configs/c.1"));
}

TEST_F(SharedGadgetTest, LeavesAsItCame) {
    for (const Driver driver : {Driver::ecm, Driver::eem, Driver::ncm, Driver::rndis, Driver::rndis5}) {
        EXPECT_EQ(join(driver).text, "");
        EXPECT_EQ(gadget_->standing(plan(driver)), "usb0");
        EXPECT_EQ(remove().text, "");
        expectAsBefore("after leaving with " + std::string(driverName(driver)));
        EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "acm.usb0"));
    }
}

TEST_F(SharedGadgetTest, WhatStandsIsNotTouched) {
    join();
    kernel_.forget();
    gadget_ = newGadget();
    EXPECT_EQ(gadget_->standing(plan()), "usb0");
    EXPECT_EQ(join().text, "");
    EXPECT_THAT(kernel_.operations(), ElementsAre("chown kvmd/UDC", "chown kvmd/configs/c.1"));
}

TEST_F(SharedGadgetTest, WritesTheMetaFileForKvmdOtgconf) {
    join();
    const auto meta = nlohmann::json::parse(readFileIfExists(kvmd_.metaDirectory() + "/ncm.usb0@meta.json").value());
    EXPECT_EQ(meta.at("function"), "ncm.usb0");
    EXPECT_EQ(meta.at("description"), "Ethernet");
    EXPECT_EQ(meta.at("endpoints"), 3);
    EXPECT_EQ(meta.at("starter"), nlohmann::json::array({"otg", "devices", "ethernet", "start"}));
}

TEST_F(SharedGadgetTest, GivesTheGadgetToKvmdsUser) {
    join();
    const uid_t nobody = ::getpwnam("nobody")->pw_uid;
    for (const char* name : {"kvmd/UDC", "kvmd/configs/c.1"}) {
        struct stat status {};
        ASSERT_EQ(::stat((kernel_.roots().gadgets() / name).c_str(), &status), 0);
        EXPECT_EQ(status.st_uid, nobody) << name;
    }
}

TEST_F(SharedGadgetTest, AnUnknownUserIsNoFailure) {
    GadgetPlan unknown = plan();
    unknown.user = "no-such-user";
    EXPECT_EQ(put(unknown).text, "");
    expectJoined("with an unknown user");
}

TEST_F(SharedGadgetTest, FunctionsThatKvmdDidNotStartStayUnlinked) {
    kvmd_.stop();
    kvmd_.start({"hid.usb1"});
    EXPECT_EQ(join().text, "");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "mass_storage.usb0", "ncm.usb0", "acm.usb0"));
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "mass_storage.usb0", "acm.usb0"));
}

TEST_F(SharedGadgetTest, FunctionsOfOthersAreNotOurs) {
    kvmd_.unbind();
    std::filesystem::create_directory(kernel_.roots().gadgets() / "kvmd/functions/rndis.usb7");
    kvmd_.link("rndis.usb7");
    kvmd_.bind();
    GadgetPlan roomy = plan();
    roomy.endpoints = 16;
    EXPECT_EQ(put(roomy).text, "");
    EXPECT_THAT(kvmd_.links(), Contains("rndis.usb7"));
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "rndis.usb7", "acm.usb0"));
}

/// The files are kvmd's user's, who may write into them what he wants; root's doing is not his to direct.
TEST_F(SharedGadgetTest, AMarkAtTheKeyboardDoesNotMakeItOurs) {
    ASSERT_EQ(join().text, "");
    std::ofstream(std::filesystem::path(kvmd_.metaDirectory()) / "hid.usb0@meta.json") << R"({"otgnet": {}})";
    EXPECT_EQ(remove().text, "");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "acm.usb0"));
}

TEST_F(SharedGadgetTest, AFailureAtAnyStepLeavesKvmdAsItWas) {
    int step = 1;
    for (;; ++step) {
        kernel_.fail(step, EIO);
        const GadgetOutcome outcome = join();
        kernel_.work();
        if (!outcome.code)
            break;
        expectAsBefore("after failure of step " + std::to_string(step));
    }
    EXPECT_GT(step, 15);
    expectJoined("at the end");
}

TEST_F(SharedGadgetTest, ARefusedBindLeavesKvmdAsItWas) {
    join();
    remove();
    kernel_.forget();
    join();
    const int bind = static_cast<int>(kernel_.operations().size()) - 2; // two chown follow it
    remove();
    kernel_.fail(bind, ENOSPC);
    const GadgetOutcome outcome = join();
    EXPECT_EQ(outcome.code, ErrorCode::NoEndpoints);
    expectAsBefore("after the refusal");
}

TEST_F(SharedGadgetTest, TheKeyboardComesBackAfterAKillAtAnyStepOfAJoin) {
    for (const bool after : {false, true})
        for (int step = 1;; ++step) {
            kernel_.kill(step, after);
            const bool survived = survives([&] { join(); });
            kernel_.work();
            const std::string when = "killed at step " + std::to_string(step);
            if (step % 2 == 0) { // a start that finds the service disabled, or one that joins at once
                EXPECT_EQ(recover(ownPlan(Driver::ncm)).text, "") << when;
            }
            EXPECT_EQ(join().text, "") << when;
            expectJoined(when);
            EXPECT_EQ(remove().text, "") << when;
            expectAsBefore(when);
            if (survived)
                break;
        }
}

TEST_F(SharedGadgetTest, TheKeyboardComesBackAfterAKillAtAnyStepOfALeave) {
    for (const bool after : {false, true})
        for (int step = 1;; ++step) {
            join();
            kernel_.kill(step, after);
            const bool survived = survives([&] { remove(); });
            kernel_.work();
            const std::string when = "killed at step " + std::to_string(step);
            gadget_->standing(plan()); // tells where the meta files are
            EXPECT_EQ(remove().text, "") << when;
            expectAsBefore(when);
            if (survived)
                break;
        }
}

TEST_F(SharedGadgetTest, TheEndpointBudgetIsCheckedBeforeAnythingIsTouched) {
    GadgetPlan tight = plan();
    tight.endpoints = 8;
    const GadgetOutcome outcome = put(tight);
    EXPECT_EQ(outcome.code, ErrorCode::NoEndpoints);
    EXPECT_THAT(outcome.text, HasSubstr("hid.usb0 1 + hid.usb1 1 + mass_storage.usb0 2 + acm.usb0 2 + ncm.usb0 3 = 9, "
                                        "but otg/endpoints is 8"));
    EXPECT_THAT(kernel_.operations(), IsEmpty());
    tight.endpoints = 9;
    EXPECT_EQ(put(tight).text, "");
}

TEST_F(SharedGadgetTest, AMissingModuleIsFoundBeforeTheKeyboardIsTouched) {
    kernel_.setFunctions("ecm hid mass_storage acm");
    const GadgetOutcome outcome = join();
    EXPECT_EQ(outcome.code, ErrorCode::KernelSupport);
    EXPECT_THAT(outcome.text, HasSubstr("usb_f_ncm"));
    EXPECT_THAT(kernel_.operations(), IsEmpty());
    expectAsBefore("after the refusal");
}

TEST_F(SharedGadgetTest, AnotherDriverThatIsRefusedCostsNothing) {
    kernel_.setFunctions("ecm hid mass_storage acm");
    join(Driver::ecm);
    const KernelTree joined = kernel_.tree();
    const auto metas = kvmd_.metaFiles();
    kernel_.forget();
    EXPECT_EQ(join(Driver::ncm).code, ErrorCode::KernelSupport);
    EXPECT_EQ(gadget_->standing(plan(Driver::ecm)), "usb0");
    EXPECT_EQ(kernel_.tree(), joined);
    EXPECT_EQ(kvmd_.metaFiles(), metas);
    GadgetPlan tight = plan(Driver::ecm);
    tight.endpoints = 8;
    EXPECT_EQ(put(tight).code, ErrorCode::NoEndpoints);
    EXPECT_EQ(kernel_.tree(), joined);
    EXPECT_THAT(kernel_.operations(), IsEmpty());
}

TEST_F(SharedGadgetTest, AnotherDirectoryOfTheMetaFilesIsFollowed) {
    join();
    GadgetPlan moved = plan();
    moved.meta = kvmd_.metaDirectory() + "-elsewhere/otg";
    moved.endpoints = 16; // what kvmd says of its serial port is not there
    EXPECT_EQ(put(moved).text, "");
    EXPECT_EQ(gadget_->standing(moved), "usb0");
    EXPECT_EQ(remove().text, "");
    expectAsBefore("after the leave");
    EXPECT_FALSE(std::filesystem::exists(moved.meta));
    std::filesystem::remove(std::filesystem::path(moved.meta).parent_path());
}

/// What is given up, or has a configuration that cannot be read, does not know where the meta files are.
TEST_F(SharedGadgetTest, AKilledJoinIsUndoneWithoutAConfiguration) {
    kernel_.kill(8, true);
    EXPECT_FALSE(survives([&] { join(); }));
    kernel_.work();
    EXPECT_EQ(kvmd_.read("UDC"), "");
    gadget_ = newGadget();
    EXPECT_EQ(remove().text, "");
    expectAsBefore("after the start of a successor");
}

TEST_F(SharedGadgetTest, ReplugRelinksEverything) {
    join();
    kernel_.forget();
    EXPECT_EQ(replug().text, "");
    EXPECT_THAT(kernel_.operations(), Contains("unlink kvmd/configs/c.1/hid.usb0"));
    EXPECT_THAT(kernel_.operations(), Not(Contains("rmdir kvmd/functions/ncm.usb0")));
    expectJoined("after the replug");
}

TEST_F(SharedGadgetTest, FromOwnToSharedAndBack) {
    kvmd_.unbind();
    EXPECT_EQ(put(ownPlan(Driver::ecm)).text, "");
    EXPECT_EQ(gadget_->standing(ownPlan(Driver::ecm)), "usb0");
    EXPECT_EQ(join().text, "");
    expectJoined("after the change to shared");
    EXPECT_THAT(kernel_.tree(), Not(Contains(::testing::Key("otgnet"))));
    GadgetPlan own = ownPlan(Driver::ecm);
    own.meta = kvmd_.metaDirectory();
    EXPECT_EQ(put(own).code, ErrorCode::ControllerBusy); // it is kvmd's again
    expectAsBefore("after the change to own");
}

TEST_F(SharedGadgetTest, WithoutKvmdThereIsNothingToJoin) {
    kvmd_.stop();
    const GadgetOutcome outcome = join();
    EXPECT_EQ(outcome.code, ErrorCode::NoController);
    EXPECT_THAT(outcome.text, HasSubstr("kvmd-otg.service"));
    EXPECT_THAT(kernel_.tree(), IsEmpty());
}

} // namespace
} // namespace otgnet::sandbox
