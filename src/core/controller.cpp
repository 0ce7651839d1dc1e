// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/controller.hpp"

#include <algorithm>
#include <utility>

namespace otgnet {

namespace {

/// Callers that wait; more than this is a flood.
constexpr std::size_t maxJobs = 32;

void ignore(const std::exception_ptr&) {}

std::exception_ptr error(ErrorCode code, const std::string& text) {
    return std::make_exception_ptr(Error(code, text));
}

} // namespace

Controller::Controller(Ports ports, Surroundings surroundings, Face& face)
    : executor_(ports, [this](const std::string& text) { troubles_.push_back(text); }), layers_(surroundings.files),
      clock_(surroundings.clock), machine_(surroundings.machine), face_(face),
      cable_(face, surroundings.clock, surroundings.memory) {}

// --- jobs: one after the other, each answered once ------------------------------------------------------------------

void Controller::submit(Work work, Done done) {
    if (stopping_)
        return done(error(ErrorCode::Busy, "the service is about to end"));
    if (jobs_.size() >= maxJobs)
        return done(error(ErrorCode::Busy, "too many requests are waiting; try again later"));
    enqueue(std::move(work), std::move(done));
}

void Controller::enqueue(Work work, Done done) {
    jobs_.push_back({std::move(work), std::move(done)});
    pump();
}

void Controller::pump() {
    if (working_ || jobs_.empty())
        return;
    working_ = true;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    const Done finish = [this, done = std::move(job.done)](const std::exception_ptr& outcome) {
        working_ = false;
        observe();
        done(outcome);
        reconsider();
        pump();
    };
    try {
        job.work(finish);
    } catch (...) {
        finish(std::current_exception());
    }
}

// --- from the bus ---------------------------------------------------------------------------------------------------

void Controller::enable(Done done) {
    submit(
        [this](const Done& finished) {
            enabledByCall_ = true;
            reconcile(finished);
        },
        std::move(done));
}

void Controller::disable(Done done) {
    submit(
        [this](const Done& finished) {
            enabledByCall_ = false;
            reconcile(finished);
        },
        std::move(done));
}

void Controller::replug(Done done) {
    submit(
        [this](const Done& finished) {
            if (!enabled())
                return finished(error(ErrorCode::Failed, "the USB network is disabled: call Enable first"));
            if (failed_ || !executor_.standing().gadget || !executor_.standing().firewall)
                return reconcile(finished);
            rebinding_ = true;
            observe();
            executor_.replug([this, finished](const std::exception_ptr& outcome) {
                machine_.follow(*plan_);
                rebinding_ = false;
                outcome ? fail(outcome, finished) : finished(nullptr);
            });
        },
        std::move(done));
}

void Controller::reload(Done done) {
    submit(
        [this](const Done& finished) {
            const bool isNew = readFiles();
            if (!isNew && isInOrder())
                return finished(nullptr);
            kvmdWasHere_ = false;
            reconcile(finished);
        },
        std::move(done));
}

bool Controller::readFiles() try {
    const bool isNew = layers_.load();
    configError_ = nullptr;
    refusedReload_ = {};
    return isNew;
} catch (const std::exception&) {
    refusedReload_ = describe(std::current_exception());
    if (!layers_.loaded())
        configError_ = std::current_exception();
    throw;
}

void Controller::setConfig(const Settings& changes, bool persist, Done done) {
    submit([this, changes,
            persist](const Done& finished) { change([&] { return layers_.set(changes, persist); }, finished); },
           std::move(done));
}

void Controller::resetConfig(const std::vector<std::string>& keys, bool persist, Done done) {
    submit(
        [this, keys, persist](const Done& finished) { change([&] { return layers_.reset(keys, persist); }, finished); },
        std::move(done));
}

void Controller::change(const std::function<ConfigLayers::Before()>& edit, const Done& done) {
    const bool wasEnabled = configEnables();
    Undo undo{edit(), enabledByCall_, configError_, failed_ ? error_ : LastError{}};
    configError_ = nullptr;
    if (configEnables() != wasEnabled)
        enabledByCall_.reset(); // the latest word counts
    approach([this, undo = std::move(undo), done](const std::exception_ptr& outcome) { changed(undo, outcome, done); });
}

/// What was broken before for the very same reason is not the fault of this change.
void Controller::changed(const Undo& undo, const std::exception_ptr& outcome, const Done& done) {
    if (outcome && describe(outcome) != undo.error)
        return takeBack(undo, outcome, done);
    try {
        layers_.commit();
    } catch (const std::exception&) {
        return takeBack(undo, std::current_exception(), done);
    }
    if (outcome)
        return fail(outcome, [done](const std::exception_ptr&) { done(nullptr); });
    done(nullptr);
}

void Controller::takeBack(const Undo& undo, const std::exception_ptr& outcome, const Done& done) {
    layers_.restore(undo.layers);
    enabledByCall_ = undo.enabledByCall;
    configError_ = undo.configError;
    reconcile([=](const std::exception_ptr&) { done(outcome); });
}

// --- the machine follows the configuration --------------------------------------------------------------------------

void Controller::start() {
    submit(
        [this](const Done& finished) {
            try {
                layers_.load();
            } catch (const std::exception&) {
                configError_ = std::current_exception();
            }
            adopt(finished);
        },
        ignore);
}

/// What stands exactly as planned is kept, and the host notices nothing; anything else is taken away first.
void Controller::adopt(const Done& done) {
    std::optional<Plan> plan;
    std::exception_ptr refusal;
    triedIn_ = circumstances();
    try {
        if (enabled())
            plan = target();
    } catch (const std::exception&) {
        refusal = std::current_exception();
    }
    const bool stands = plan && executor_.adopt(*plan);
    started_ = true;
    if (refusal)
        return fail(refusal, done);
    if (!stands)
        return close([this, done](const std::exception_ptr&) { reconcile(done); });
    cable_.expectOldLeases();
    cable_.assume(levels(), udc_);
    raise(*plan, [this, done](const std::exception_ptr& outcome) { outcome ? fail(outcome, done) : done(nullptr); });
}

/// Ahead of all that waits, which is told so.
void Controller::stop(Done done) {
    std::deque<Job> waiting;
    waiting.swap(jobs_);
    enabledByCall_ = false;
    submit([this](const Done& finished) { close(finished); }, std::move(done));
    stopping_ = true;
    for (const Job& job : waiting)
        job.done(error(ErrorCode::Busy, "the service is about to end"));
}

/// Where the configuration wants it, or closed.
void Controller::reconcile(const Done& done) {
    const bool up = wanted();
    approach(
        [this, up, done](const std::exception_ptr& outcome) { up&& outcome ? fail(outcome, done) : done(outcome); });
}

/// Goes where the configuration wants. What the way up has done before it failed stays.
void Controller::approach(const Done& done) {
    triedIn_ = circumstances();
    forgetUnknown();
    if (!wanted()) {
        failed_ = false;
        error_ = {};
        return close(done);
    }
    std::optional<Plan> plan;
    try {
        plan = target();
    } catch (const std::exception&) {
        return done(std::current_exception());
    }
    raise(*plan, done);
}

/// What failed may have left the gadget in any state.
void Controller::forgetUnknown() {
    const Standing& standing = executor_.standing();
    if (standing.leftovers && standing.gadget && !executor_.nameOf(*standing.gadget))
        executor_.gadgetGone();
}

void Controller::raise(const Plan& plan, const Done& done) {
    const bool rebinds = executor_.standing().gadget != plan.gadget && !executor_.nameOf(plan.gadget);
    const bool renumbers = plan_ && plan_->link.network != plan.link.network;
    plan_ = plan;
    troubles_.clear();
    if (rebinds)
        passing_ = State::starting;
    rebinding_ = (rebinds || renumbers) && udc_.binding == 0; // else the watcher says what came of it
    cable_.setSuspendDetach(suspendDetach());
    if (renumbers)
        cable_.leasesStopped();
    observe();
    executor_.raise(plan, [this, done](const std::exception_ptr& outcome) { raised(outcome, done); });
}

void Controller::raised(const std::exception_ptr& outcome, const Done& done) {
    machine_.follow(*plan_);
    rebinding_ = false;
    passing_.reset();
    if (outcome && executor_.renamed() && !std::exchange(renamedBefore_, true))
        return close([this, done](const std::exception_ptr&) { approach(done); });
    renamedBefore_ = false;
    if (!outcome) {
        failed_ = false;
        error_ = {};
        kvmdWasHere_ = plan_->gadget.shared;
    }
    done(outcome);
}

void Controller::close(const Done& done) {
    if (!executor_.standing().empty())
        passing_ = State::stopping;
    rebinding_ = true;
    troubles_.clear();
    observe();
    cable_.leasesStopped();
    executor_.close([this, done](const std::exception_ptr& outcome) {
        rebinding_ = false;
        passing_.reset();
        plan_.reset();
        done(outcome);
    });
}

/// Closed, with the cause on show; the troubles of the closing itself are not the cause.
void Controller::fail(const std::exception_ptr& cause, const Done& done) {
    error_ = describe(cause);
    failed_ = true;
    managerMoved_ = false;
    close([cause, done](const std::exception_ptr&) { done(cause); });
}

Plan Controller::target() {
    if (configError_)
        std::rethrow_exception(configError_);
    MachineFacts facts = machine_.look();
    if (kvmdWasHere_ && config().config.link.gadget == GadgetChoice::automatic)
        facts.kvmdGadget = true;
    Plan plan = makePlan(config().config, facts);
    if (const auto standing = deviceOf(plan.gadget); standing && *standing != facts.ifname.text()) {
        facts.ifname = IfName::parse(*standing).value_or(facts.ifname);
        plan = makePlan(config().config, facts);
    }
    machine_.follow(plan); // and hear of what is there already
    refuseUnboundKvmd(plan.gadget);
    refuseConflict(plan.link.network);
    return plan;
}

/// Of what we have bound ourselves, and what nobody has touched since, only the name is asked for.
std::optional<std::string> Controller::deviceOf(const GadgetPlan& gadget) const {
    if (executor_.standing().gadget == gadget && bound())
        return executor_.device(gadget);
    return executor_.nameOf(gadget);
}

/// kvmd builds its gadget step by step and binds it last. Before that it is not ours to join, and the controller is not
/// ours to take.
void Controller::refuseUnboundKvmd(const GadgetPlan& gadget) const {
    const auto& standing = executor_.standing().gadget;
    const bool joined = standing && standing->shared;
    if (gadget.shared && !joined && !machine_.gadgetBound(gadget.name) && !udc_.udc.empty())
        throw Error(ErrorCode::NoController, "the gadget " + gadget.name +
                                                 " is not bound to a controller: waiting for kvmd-otg.service (or "
                                                 "set otgnet/link/gadget to 'own')");
}

void Controller::refuseConflict(const Cidr4& network) const {
    const auto overlap = std::find_if(foreign_.begin(), foreign_.end(),
                                      [&](const ForeignNetwork& f) { return f.network.overlaps(network); });
    if (overlap != foreign_.end())
        throw Error(ErrorCode::Conflict, "otgnet/iface/net: " + network.text() + " overlaps " +
                                             overlap->network.text() + " of " + overlap->ifname +
                                             ": choose another network for one of them");
}

} // namespace otgnet
