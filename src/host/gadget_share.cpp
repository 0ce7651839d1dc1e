// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/gadget_share.hpp"

#include <utility>

namespace otgnet {

namespace {

/// Somebody else who has taken the gadget off the controller puts it back after otg/init_delay: kvmd-otg and
/// kvmd-otgconf would fail if we were faster. This much later it is up to us.
constexpr std::chrono::milliseconds grace{1000};

} // namespace

SharedGadget::SharedGadget(KernelRoots roots, MarkPlace place) : roots_(std::move(roots)), place_(std::move(place)) {}

void SharedGadget::join(const GadgetPlan& plan, Done done) {
    again_ = false;
    start(plan, std::move(done), &SharedGadget::look);
}

void SharedGadget::replug(const GadgetPlan& plan, Done done) {
    again_ = true;
    start(plan, std::move(done), &SharedGadget::look);
}

void SharedGadget::leave(const GadgetPlan& plan, Done done) {
    start(plan, std::move(done), &SharedGadget::lookOut);
}

void SharedGadget::start(const GadgetPlan& plan, Done done, Step step) {
    functions_.emplace(functions(plan));
    done_ = std::move(done);
    error_ = nullptr;
    leaving_ = false;
    timer_ = callSoon([this, step] { run(step); });
}

void SharedGadget::run(Step step) {
    try {
        (this->*step)();
    } catch (...) {
        fail(std::current_exception());
    }
}

void SharedGadget::later(std::chrono::milliseconds delay, Step step) {
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(delay).count();
    timer_ = callAt(bootNow() + static_cast<std::uint64_t>(usec), [this, step] { run(step); });
}

/// A gadget that is off the controller though we did not take it off is in somebody else's hands. One that has gone was
/// removed by kvmd-otg, which removes the meta files next, ours among them.
void SharedGadget::whenFree(Step step) {
    if (!functions_->exist() && functions_->hasOurs())
        later(grace, step);
    else if (functions_->exist() && !functions_->areBound() && !functions_->areUnfinished())
        later(functions_->plan().initDelay + grace, step);
    else
        (this->*step)();
}

// --- the way in -----------------------------------------------------------------------------------------------------

void SharedGadget::look() {
    functions_->moveMarks();
    functions_->recall();
    functions_->check();
    whenFree(&SharedGadget::begin);
}

void SharedGadget::begin() {
    functions_->recall();
    functions_->check();
    if (again_ || !functions_->areComposed())
        insert();
    else if (functions_->areBound())
        settle();
    else
        later(functions_->plan().initDelay, &SharedGadget::settle);
}

void SharedGadget::insert() {
    functions_->prepare();
    functions_->compose();
    later(functions_->plan().initDelay, &SharedGadget::finish);
}

/// If it is not as we have left it, somebody is at work on it.
void SharedGadget::finish() {
    if (functions_->areBound() || functions_->areComposed())
        settle();
    else
        later(grace, &SharedGadget::settle);
}

void SharedGadget::settle() {
    functions_->check();
    functions_->bind();
    functions_->keep();
    answer();
}

// --- the way out ----------------------------------------------------------------------------------------------------

void SharedGadget::lookOut() {
    leaving_ = true;
    functions_->recall();
    if (functions_->hasOurs())
        whenFree(&SharedGadget::beginTakeOut);
    else
        finishTakeOut();
}

void SharedGadget::beginTakeOut() {
    functions_->recall();
    takeOut();
}

void SharedGadget::takeOut() {
    if (functions_->takeOut())
        later(functions_->plan().initDelay, &SharedGadget::finishTakeOut);
    else
        finishTakeOut();
}

void SharedGadget::finishTakeOut() {
    functions_->bindAgain();
    functions_->forget();
    answer();
}

/// The first failure is the one to tell, and it undoes what was done.
void SharedGadget::fail(std::exception_ptr error) {
    if (!error_)
        error_ = error;
    else
        guard("putting kvmd's gadget back", [&] { std::rethrow_exception(error); });
    if (std::exchange(leaving_, true))
        return answer();
    if (!functions_->areTouched())
        functions_->discard();
    if (functions_->areTouched() || functions_->areUnfinished())
        run(&SharedGadget::undo);
    else
        answer();
}

void SharedGadget::undo() {
    whenFree(&SharedGadget::takeOut);
}

void SharedGadget::answer() {
    const Done done = std::exchange(done_, nullptr);
    timer_.reset();
    done(std::exchange(error_, nullptr));
}

} // namespace otgnet
