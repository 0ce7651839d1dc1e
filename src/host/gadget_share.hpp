// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our function in kvmd's gadget, beside its keyboard and drives. Every change of what is linked takes the gadget off
/// the controller for otg/init_delay. Whatever happens meanwhile, a kill -9 included, what others had linked comes
/// back, on the controller that it was on. While the gadget is in somebody else's hands, we wait.
#pragma once

#include "base/loop.hpp"
#include "core/ports.hpp"
#include "host/shared_functions.hpp"

namespace otgnet {

class SharedGadget {
public:
    SharedGadget(KernelRoots roots, MarkPlace place);

    bool stands(const GadgetPlan& plan) const { return functions(plan).stand(); }
    std::string networkDevice(const GadgetPlan& plan) const { return functions(plan).networkDevice(); }

    // One at a time; the answer comes through Done, once, after the verb has returned. `plan` tells leave() how long to
    // wait.
    void join(const GadgetPlan& plan, Done done);
    void leave(const GadgetPlan& plan, Done done);
    void replug(const GadgetPlan& plan, Done done);
    /// Whether leave() has anything to do.
    bool present(const GadgetPlan& plan) const { return functions(plan).hasOurs(); }

private:
    using Step = void (SharedGadget::*)();

    SharedFunctions functions(const GadgetPlan& plan) const { return {roots_, place_, plan}; }
    void start(const GadgetPlan& plan, Done done, Step step);
    void run(Step step);
    void later(std::chrono::milliseconds delay, Step step);
    void whenFree(Step step);

    void look();
    void begin();
    void insert();
    void finish();
    void settle();
    void lookOut();
    void beginTakeOut();
    void takeOut();
    void finishTakeOut();
    void fail(std::exception_ptr error);
    void undo();
    void answer();

    KernelRoots roots_;
    MarkPlace place_;
    std::optional<SharedFunctions> functions_; ///< of the verb under way
    bool again_ = false;                       ///< all of them are linked anew, also if ours is there
    bool leaving_ = false;
    Done done_;
    std::exception_ptr error_; ///< what done_ will be told
    Source timer_;
};

} // namespace otgnet
