// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"
#include "host/gadget_meta.hpp"
#include "sandbox/gadget_fixture.hpp"
#include "sandbox/modelled_kvmd.hpp"
#include "sandbox/wait.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <sys/stat.h>

#include <cerrno>

namespace otgnet::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SharedGadgetTest : public GadgetTest {
protected:
    SharedGadgetTest() {
        kvmd_.start();
        before_ = kernel_.tree();
        kernel_.forget();
    }

    GadgetPlan plan(Driver driver = Driver::ncm) const { return sharedPlan(driver, kvmd_.metaDirectory()); }
    GadgetOutcome join(Driver driver = Driver::ncm) { return put(plan(driver)); }

    /// The keyboard works: bound, with the same links as before, and nothing of ours.
    void expectAsBefore(const std::string& when) const {
        KernelTree now = kernel_.tree();
        for (const char* harmless : {"kvmd/os_desc/b_vendor_code", "kvmd/os_desc/qw_sign"}) // while they are not in use
            now[harmless] = before_.at(harmless);
        EXPECT_EQ(now, before_) << when;
        EXPECT_THAT(kvmd_.metaFiles(), ElementsAre("acm.usb0@meta.json", "hid.usb0@meta.json", "hid.usb1@meta.json",
                                                   "mass_storage.usb0@meta.json"))
            << when;
    }

    void expectJoined(const std::string& when) const {
        EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "ncm.usb0", "acm.usb0"))
            << when;
        EXPECT_EQ(kvmd_.read("UDC"), "dummy_udc.0") << when;
        EXPECT_EQ(gadget_->standing(plan()), "usb0") << when;
    }

    ModelledKvmd kvmd_{kernel_};
    KernelTree before_;
};

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
    gadget_ = std::make_unique<ConfigfsGadget>(kernel_.roots());
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

TEST_F(SharedGadgetTest, TakesOverTheEthernetFunctionThatKvmdHasMade) {
    kvmd_.unbind();
    kvmd_.makeFunction({"ecm.usb0", "Ethernet", 3, R"("ethernet")"});
    kvmd_.link("ecm.usb0");
    kvmd_.bind();
    EXPECT_EQ(gadget_->standing(plan(Driver::ecm)), std::nullopt);
    EXPECT_EQ(join(Driver::ecm).text, "");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "ecm.usb0", "acm.usb0"));
    EXPECT_EQ(kvmd_.read("functions/ecm.usb0/host_addr"), "48:6f:73:74:50:43");
    EXPECT_EQ(join().text, ""); // and one of another driver, too
    expectJoined("after the change of the driver");
    EXPECT_EQ(remove().text, "");
    expectAsBefore("after leaving");
}

TEST_F(SharedGadgetTest, TheEthernetFunctionOfKvmdComesBackIfOursDoesNotComeUp) {
    kvmd_.unbind();
    kvmd_.makeFunction({"rndis.usb0", "Ethernet", 3, R"("ethernet")"});
    kvmd_.write("functions/rndis.usb0/host_addr", "02:00:00:00:00:01");
    kvmd_.write("functions/rndis.usb0/os_desc/interface.rndis/compatible_id", "RNDIS");
    kvmd_.write("os_desc/use", "1");
    kvmd_.write("os_desc/b_vendor_code", "0xCD");
    kvmd_.write("os_desc/qw_sign", "MSFT100");
    const auto gadget = kernel_.roots().gadgets() / "kvmd";
    std::filesystem::create_symlink(gadget / "configs/c.1", gadget / "os_desc/c.1");
    kvmd_.link("rndis.usb0");
    kvmd_.bind();
    const KernelTree before = kernel_.tree();
    const std::string meta = metaText(kvmd_.metaDirectory(), "rndis.usb0");
    for (const Driver driver : {Driver::rndis, Driver::ncm, Driver::ecm})
        for (int step = 1; step < 15; ++step) {
            kernel_.fail(step, EIO);
            EXPECT_TRUE(join(driver).code) << step;
            kernel_.work();
            EXPECT_EQ(kernel_.tree(), before) << driverName(driver) << ", failure of step " << step;
            EXPECT_EQ(metaText(kvmd_.metaDirectory(), "rndis.usb0"), meta);
        }
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

TEST_F(SharedGadgetTest, KvmdMayStopWhileWeAreIn) {
    join();
    kvmd_.stop();
    EXPECT_THAT(kernel_.tree(), IsEmpty());
    EXPECT_EQ(gadget_->standing(plan()), std::nullopt);
    EXPECT_EQ(remove().text, "");
    kvmd_.start();
    EXPECT_EQ(join().text, "");
    expectJoined("after the restart of kvmd-otg");
}

TEST_F(SharedGadgetTest, KvmdMayStopInTheMiddleOfAJoin) {
    GadgetPlan slow = plan();
    slow.initDelay = std::chrono::milliseconds(300);
    std::optional<std::exception_ptr> outcome;
    gadget_->put(slow, [&](std::exception_ptr error) { outcome = error; });
    loopUntil([&] { return kvmd_.links().size() == 5; }, "the links");
    kvmd_.stop();
    loopUntil([&] { return outcome.has_value(); }, "the gadget's answer");
    EXPECT_THROW(std::rethrow_exception(*outcome), Error);
    EXPECT_THAT(kernel_.tree(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(kvmd_.metaDirectory())); // kvmd-otg insists on making it
}

TEST_F(SharedGadgetTest, AGadgetThatSomebodyElseRebindsIsLeftToHim) {
    kvmd_.unbind();
    std::optional<std::exception_ptr> outcome;
    gadget_->put(plan(), [&](std::exception_ptr error) { outcome = error; });
    const std::uint64_t until = bootNow() + 100'000;
    const Source wait = callAt(until, [] {});
    loopUntil([&] { return bootNow() >= until; }, "a moment");
    EXPECT_FALSE(outcome);
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "acm.usb0"));
    kvmd_.bind();
    loopUntil([&] { return outcome.has_value(); }, "the gadget's answer");
    expectJoined("after kvmd-otgconf has bound it");
}

} // namespace
} // namespace otgnet::sandbox
