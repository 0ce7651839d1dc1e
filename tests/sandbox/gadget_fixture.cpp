// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/gadget_fixture.hpp"

#include "sandbox/wait.hpp"

namespace otgnet::sandbox {

GadgetPlan ownPlan(Driver driver) {
    GadgetPlan plan;
    plan.name = "otgnet";
    plan.driver = driver;
    plan.hostMac = MacAddress::parse("48:6f:73:74:50:43").value();
    plan.kvmMac = MacAddress::parse("42:61:64:55:53:42").value();
    plan.vendorId = 0x1d6b;
    plan.productId = 0x0104;
    plan.deviceVersion = 0x0100;
    plan.usbVersion = 0x0200;
    plan.manufacturer = "PiKVM";
    plan.product = "PiKVM Composite Device";
    plan.serial = "CAFEBABE";
    plan.maxPower = 250;
    plan.remoteWakeup = true;
    plan.endpoints = 9;
    plan.initDelay = std::chrono::milliseconds(1);
    plan.user = "nobody";
    plan.meta = "/nonexistent";
    return plan;
}

GadgetPlan sharedPlan(Driver driver, const std::string& meta) {
    GadgetPlan plan = ownPlan(driver);
    plan.name = "kvmd";
    plan.shared = true;
    plan.meta = meta;
    return plan;
}

GadgetOutcome ask(const std::function<void(Done)>& verb) {
    std::optional<GadgetOutcome> outcome;
    bool returned = false;
    verb([&](std::exception_ptr error) {
        EXPECT_TRUE(returned) << "answered before the verb has returned";
        EXPECT_FALSE(outcome) << "answered twice";
        outcome.emplace();
        try {
            if (error)
                std::rethrow_exception(error);
        } catch (const Error& e) {
            outcome = GadgetOutcome{e.code(), e.what()};
        }
    });
    returned = true;
    loopUntil([&] { return outcome.has_value(); }, "the gadget's answer");
    return *outcome;
}

GadgetOutcome GadgetTest::put(const GadgetPlan& plan) {
    return ask([&](Done done) { gadget_->put(plan, std::move(done)); });
}

GadgetOutcome GadgetTest::remove() {
    return ask([&](Done done) { gadget_->remove(std::move(done)); });
}

GadgetOutcome GadgetTest::replug() {
    return ask([&](Done done) { gadget_->replug(std::move(done)); });
}

GadgetOutcome GadgetTest::recover(const GadgetPlan& plan) {
    gadget_ = newGadget();
    return gadget_->standing(plan) ? GadgetOutcome{} : remove();
}

} // namespace otgnet::sandbox
