// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The gadget that is ours alone.
#pragma once

#include "host/udc.hpp"

#include <optional>

namespace otgnet {

class OwnGadget {
public:
    explicit OwnGadget(KernelRoots roots);

    bool exists() const { return gadget_.exists(); }
    bool stands(const GadgetPlan& plan) const; ///< exactly this, no more and no less, and bound
    std::string networkDevice(const GadgetPlan& plan) const { return gadget_.networkDevice(plan.function()); }
    /// Makes it so in the fewest steps; what is only unbound is only bound. What cannot be is refused before anything
    /// is touched; if a step fails, the gadget is gone.
    void put(const GadgetPlan& plan) const;
    /// Off the controller and off its links, for a put() to follow: a function that is bound a second time without
    /// being linked anew may stay dead.
    void unplug() const;
    /// Takes down whatever stands there, half-built ones too.
    void remove() const;

private:
    void check(const GadgetPlan& plan) const;
    void build(const GadgetTree& tree) const;
    void sweep(const GadgetTree& tree) const;

    KernelRoots roots_;
    GadgetDirectory gadget_;
};

} // namespace otgnet
