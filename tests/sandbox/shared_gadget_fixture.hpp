// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's gadget stands, and ours may join it.
#pragma once

#include "host/gadget_meta.hpp"
#include "sandbox/gadget_fixture.hpp"
#include "sandbox/modelled_kvmd.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {

class SharedGadgetTest : public GadgetTest {
protected:
    SharedGadgetTest() { startKvmd(); }

    void startKvmd(const std::vector<std::string>& notStarted = {}) {
        kvmd_.start(notStarted);
        before_ = kernel_.tree();
        for (const std::string& function : metaFunctions(kvmd_.metaDirectory()))
            metasBefore_[function] = metaText(kvmd_.metaDirectory(), function);
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
        std::map<std::string, std::string> metas;
        for (const std::string& function : metaFunctions(kvmd_.metaDirectory()))
            metas[function] = metaText(kvmd_.metaDirectory(), function);
        EXPECT_EQ(metas, metasBefore_) << when;
        EXPECT_FALSE(std::filesystem::exists(markPlace)) << when;
    }

    void expectJoined(const std::string& when) const {
        EXPECT_THAT(kvmd_.links(),
                    ::testing::ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", "ncm.usb0", "acm.usb0"))
            << when;
        EXPECT_EQ(kvmd_.read("UDC"), "dummy_udc.0") << when;
        EXPECT_EQ(gadget_->standing(plan()), "usb0") << when;
    }

    ModelledKvmd kvmd_{kernel_};
    KernelTree before_;
    std::map<std::string, std::string> metasBefore_;
};

} // namespace otgnet::sandbox
