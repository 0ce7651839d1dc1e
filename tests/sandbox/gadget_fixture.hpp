// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A kernel with one controller, and what tests of the gadget have in common.
#pragma once

#include "base/file.hpp"
#include "host/configfs_gadget.hpp"
#include "sandbox/kernel.hpp"

#include <gtest/gtest.h>

namespace otgnet::sandbox {

/// How a verb has ended: no code = well.
struct GadgetOutcome {
    std::optional<ErrorCode> code;
    std::string text;
};

/// The plan of a configuration that says nothing but the driver.
GadgetPlan ownPlan(Driver driver);
GadgetPlan sharedPlan(Driver driver, const std::string& meta);

/// Runs the main loop until the verb has answered; an answer before the verb has returned fails the test.
GadgetOutcome ask(const std::function<void(Done)>& verb);

class GadgetTest : public ::testing::Test {
protected:
    GadgetTest() { kernel_.addController(); }
    ~GadgetTest() override { removeFile(markPlace, ErrorCode::Failed); }

    GadgetOutcome put(const GadgetPlan& plan);
    GadgetOutcome remove();
    GadgetOutcome replug();
    /// As a daemon that was just started has it.
    std::unique_ptr<ConfigfsGadget> newGadget() const {
        return std::make_unique<ConfigfsGadget>(kernel_.roots(), markPlace);
    }
    /// What a daemon does that was just started: keep what stands, else take everything of ours away.
    GadgetOutcome recover(const GadgetPlan& plan);

    static constexpr const char* markPlace = "/run/sandbox/kvmd-meta";

    Kernel kernel_;
    std::unique_ptr<ConfigfsGadget> gadget_ = newGadget();
};

} // namespace otgnet::sandbox
