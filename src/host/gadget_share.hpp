// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our function in kvmd's gadget, beside its keyboard and drives. Every change of what is linked takes the gadget off
/// the controller for otg/init_delay. Whatever happens meanwhile, a kill -9 included, what others had linked comes
/// back: the meta file of our function keeps their names until it has.
#pragma once

#include "base/loop.hpp"
#include "core/ports.hpp"
#include "host/udc.hpp"

#include <string>
#include <vector>

namespace otgnet {

class SharedGadget {
public:
    explicit SharedGadget(KernelRoots roots);

    /// Our function is there as planned, known as ours, linked and bound.
    bool stands(const GadgetPlan& plan) const;
    std::string networkDevice(const GadgetPlan& plan) const { return gadget_.networkDevice(plan.function()); }

    // One at a time; the answer comes through Done, once, after the verb has returned. `plan` tells leave() where to
    // look and how long to wait.
    void join(const GadgetPlan& plan, Done done);
    void leave(const GadgetPlan& plan, Done done);
    void replug(const GadgetPlan& plan, Done done);
    /// Whether leave() has anything to do.
    bool present(const GadgetPlan& plan) const { return !ours(plan).empty(); }

private:
    using Names = std::vector<std::string>;
    /// kvmd's own Ethernet function, in whose place ours comes: put back if ours does not come up.
    struct Replaced {
        std::string function;
        std::string meta;
        GadgetTree tree;
        bool linked = false;
    };

    void check() const;
    Names ours(const GadgetPlan& plan) const;
    Names managed(const GadgetPlan& plan) const;
    Names others(const Names& managed) const;
    bool isComposed() const;
    bool isUnfinished() const;

    void start(const GadgetPlan& plan, Done done, void (SharedGadget::*step)());
    void run(void (SharedGadget::*step)());
    void later(std::chrono::milliseconds delay, void (SharedGadget::*step)());

    void look();
    void begin();
    void insert();
    void finish();
    void takeOut();
    void finishTakeOut();
    void fail(std::exception_ptr error);
    void answer();

    void remember(const Names& managed);
    void makeRoom(const Names& managed) const;
    void build(std::string_view below) const;
    void unlinkAll() const;
    void unlinkOurs(const Names& mine) const;
    void putBack(Names rest) const;
    void linkAll(Names names) const;
    void dropDescriptors() const;
    void bind() const;
    void giveToUser() const;

    KernelRoots roots_;
    GadgetDirectory gadget_;
    GadgetPlan plan_;
    Done done_;
    std::exception_ptr error_; ///< what done_ will be told
    bool leaving_ = false;
    std::vector<Replaced> replaced_;
    Source timer_;
};

} // namespace otgnet
