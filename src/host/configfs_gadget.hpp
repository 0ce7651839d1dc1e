// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// GadgetPort on the kernel's configfs: a gadget of our own, or our function in kvmd's.
#pragma once

#include "host/gadget_own.hpp"
#include "host/gadget_share.hpp"

namespace otgnet {

class ConfigfsGadget : public GadgetPort {
public:
    explicit ConfigfsGadget(KernelRoots roots = {}, std::filesystem::path markPlace = "/run/otgnet/kvmd-meta");

    std::optional<std::string> standing(const GadgetPlan& plan) const override;
    std::string device(const GadgetPlan& plan) const override;
    void put(const GadgetPlan& plan, Done done) override;
    void replug(Done done) override;
    void remove(Done done) override;

private:
    void putOwn(const Done& done);

    OwnGadget own_;
    SharedGadget shared_;
    /// Which gadget the verbs without a plan mean; before the first plan kvmd's own defaults, to find leftovers.
    mutable GadgetPlan last_;
    Source timer_;
};

} // namespace otgnet
