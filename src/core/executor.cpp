// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/executor.hpp"

#include "core/status.hpp"

#include <utility>

namespace otgnet {

namespace {

std::string_view hookKey(Step step) {
    switch (step) {
    case Step::runPreStart:
        return "otgnet/commands/pre_start_cmd";
    case Step::runPostStart:
        return "otgnet/commands/post_start_cmd";
    case Step::runPreStop:
        return "otgnet/commands/pre_stop_cmd";
    default:
        return "otgnet/commands/post_stop_cmd";
    }
}

/// What one of these cannot do must not keep the rest from being taken down, nor what comes after from coming up.
bool isStopHook(Step step) {
    return step == Step::runPreStop || step == Step::runPostStop;
}

/// Where to mend it comes first.
std::exception_ptr withKey(Step step, const std::exception_ptr& error) {
    const std::string text = std::string(hookKey(step)) + ": " + describe(error).text;
    return std::make_exception_ptr(Error(ErrorCode::HookFailed, text));
}

} // namespace

Executor::Executor(Ports ports, Warn warn) : ports_(ports), warn_(std::move(warn)) {
    standing_.leftovers = true;
}

bool Executor::adopt(const Plan& plan) {
    if (nameOf(plan.gadget) != plan.link.ifname.text())
        return false;
    standing_.hooks = plan.hooks;
    if (plan.hooks != HookPlan{})
        return false;
    standing_.gadget = plan.gadget;
    return true;
}

void Executor::raise(const Plan& plan, Done done) {
    plan_ = plan;
    down_ = false;
    start(stepsTo(plan, standing_), std::move(done));
}

void Executor::replug(Done done) {
    down_ = false;
    start({Step::replug, Step::settleLink}, std::move(done));
}

void Executor::close(Done done) {
    down_ = true;
    start(stepsDown(standing_), std::move(done));
}

void Executor::start(Steps steps, Done done) {
    steps_ = std::move(steps);
    position_ = 0;
    firstError_ = nullptr;
    gadgetStuck_ = false;
    renamed_ = false;
    done_ = std::move(done);
    next();
}

void Executor::next() {
    if (position_ < steps_.size())
        return run(steps_[position_]);
    if (down_)
        closed();
    else {
        standing_.hooks = plan_->hooks;
        standing_.leftovers = false;
    }
    std::exchange(done_, nullptr)(firstError_);
}

void Executor::finished(Step step, std::exception_ptr error) {
    if (!error && step == Step::putGadget)
        error = checkIfName();
    if (error)
        forget(step);
    else
        account(step);
    if (error && !firstError_ && (down_ || !isStopHook(step)))
        firstError_ = error;
    if (firstError_ && !down_)
        return std::exchange(done_, nullptr)(firstError_);
    if (error)
        warn(step, error);
    skip();
}

/// Start commands are run again whatever came of the stop commands, each of which is run once.
void Executor::closed() {
    if (!firstError_)
        standing_ = {};
    standing_.hooks.reset();
}

void Executor::warn(Step step, const std::exception_ptr& error) const {
    warn_("cannot " + std::string(stepName(step)) + ": " + describe(error).text);
}

void Executor::firewallLost() {
    if (!standing_.firewall)
        return;
    try {
        ports_.firewall.put(*standing_.firewall);
    } catch (const std::exception&) {
        warn(Step::putFirewall, std::current_exception());
        standing_.firewall.reset(); // and nothing is bound from now on
    }
}

std::exception_ptr Executor::checkFirewall() const {
    if (standing_.firewall == plan_->firewall)
        return nullptr;
    return std::make_exception_ptr(
        Error(ErrorCode::Firewall, "table inet otgnet was deleted by another program and could not be put back"));
}

/// Profile and ruleset were made for the name that the kernel would give next; somebody else may have been faster.
std::exception_ptr Executor::checkIfName() {
    const std::string name = ports_.gadget.device(plan_->gadget);
    if (name.empty() || name == plan_->link.ifname.text())
        return nullptr;
    renamed_ = true;
    return std::make_exception_ptr(Error(ErrorCode::Conflict, "the kernel called our interface " + name +
                                                                  " instead of " + plan_->link.ifname.text()));
}

std::vector<IfName> Executor::forwarded() const {
    if (!plan_->firewall.forwardInterface)
        return {};
    return {plan_->link.ifname, *plan_->firewall.forwardInterface};
}

void Executor::run(Step step) {
    const Done done = [this, step](const std::exception_ptr& error) { finished(step, error); };
    switch (step) {
    case Step::runPreStart:
        standing_.hooks = plan_->hooks; // one that fails half-way still gets its stop command
        return runHook(step, plan_->hooks.preStart);
    case Step::putFirewall:
        return runSynchronous(step, [this] { ports_.firewall.put(plan_->firewall); });
    case Step::publishLink:
        return ports_.link.publish(plan_->link, done);
    case Step::putGadget:
        if (const auto open = checkFirewall())
            return finished(step, open);
        return ports_.gadget.put(plan_->gadget, done);
    case Step::replug:
        return ports_.gadget.replug(done);
    case Step::settleLink:
        return ports_.link.settle(done);
    case Step::setForwarding:
        return runSynchronous(step, [this] { ports_.forwarding.set(forwarded()); });
    case Step::runPostStart:
        standing_.hooks = plan_->hooks;
        return runHook(step, plan_->hooks.postStart);
    case Step::runPreStop:
        return runHook(step, std::exchange(standing_.hooks->preStop, {}));
    case Step::removeGadget:
        return ports_.gadget.remove(done);
    case Step::withdrawLink:
        return ports_.link.withdraw(done);
    case Step::clearForwarding:
        return runSynchronous(step, [this] { ports_.forwarding.set({}); });
    case Step::removeFirewall:
        if (gadgetStuck_) // it must not stand in the open
            return skip();
        return runSynchronous(step, [this] { ports_.firewall.remove(); });
    case Step::runPostStop:
        return runHook(step, std::exchange(standing_.hooks->postStop, {}));
    }
}

void Executor::runSynchronous(Step step, const std::function<void()>& work) {
    std::exception_ptr error;
    try {
        work();
    } catch (...) {
        error = std::current_exception();
    }
    finished(step, error);
}

void Executor::runHook(Step step, const HookCommand& command) {
    const Done done = [this, step](const std::exception_ptr& error) {
        finished(step, error ? withKey(step, error) : nullptr);
    };
    if (!command.mistake.empty())
        return done(std::make_exception_ptr(Error(ErrorCode::HookFailed, command.mistake)));
    ports_.hooks.run(command.argv, done);
}

void Executor::skip() {
    ++position_;
    next();
}

void Executor::account(Step step) {
    switch (step) {
    case Step::putFirewall:
        standing_.firewall = plan_->firewall;
        return;
    case Step::publishLink:
        standing_.link = plan_->link;
        return;
    case Step::putGadget:
        standing_.gadget = plan_->gadget;
        return;
    case Step::setForwarding:
        standing_.forwarding = plan_->firewall.forwardInterface.has_value();
        return;
    case Step::removeGadget:
        standing_.gadget.reset();
        return;
    case Step::withdrawLink:
        standing_.link.reset();
        return;
    case Step::clearForwarding:
        standing_.forwarding = false;
        return;
    case Step::removeFirewall:
        standing_.firewall.reset();
        return;
    case Step::runPreStart:
    case Step::replug:
    case Step::settleLink:
    case Step::runPostStart:
    case Step::runPreStop:
    case Step::runPostStop:
        return;
    }
}

/// A step that failed has left what it was to change in a state that we do not know, so the next walk does it again.
void Executor::forget(Step step) {
    if (step == Step::putGadget)
        standing_.gadget.reset();
    if (step == Step::publishLink || step == Step::settleLink || step == Step::withdrawLink)
        standing_.link.reset();
    gadgetStuck_ = gadgetStuck_ || step == Step::removeGadget;
    standing_.leftovers = true;
}

} // namespace otgnet
