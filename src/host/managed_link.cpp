// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/managed_link.hpp"

#include "base/log.hpp"
#include "host/module_link.hpp"

#include <algorithm>
#include <array>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

constexpr const char* networkdProfilePath = "run/systemd/network/10-otgnet-usb0.network";

/// What the module leaves while its profile stands: found after a kill -9, it has to be loaded to take that back.
constexpr std::array moduleTraces{"run/NetworkManager/conf.d/90-otgnet.conf",
                                  "etc/NetworkManager/dnsmasq-shared.d/90-otgnet.conf"};

} // namespace

void ManagedLink::Ear::leases(const LeaseReport& report) {
    if (counts())
        owner_.listener_.leases(report);
}

void ManagedLink::Ear::backend(const std::string& name) {
    if (counts())
        owner_.tell(name);
}

void ManagedLink::Ear::warnings(const std::vector<std::string>& texts) {
    if (counts())
        owner_.listener_.warnings(texts);
}

void ManagedLink::Ear::trouble(std::exception_ptr cause) {
    if (counts())
        owner_.listener_.trouble(std::move(cause));
}

ManagedLink::ManagedLink(sdbus::IConnection& bus, LinkListener& listener, Options options)
    : bus_(bus), listener_(listener), options_(std::move(options)),
      networkd_(bus, networkdEar_, options_.root / networkdProfilePath),
      chooser_(bus, options_.root, [this] { managersChanged(); }),
      handsOff_(bus, options_.root, [this] { return chooser_.runs(Backend::networkManager); }) {
    if (options_.module.empty())
        options_.module = fs::path(OTGNET_MODULE_DIR) / linkModuleName;
}

void ManagedLink::publish(const LinkPlan& plan, Done done) {
    published_ = refused_ = false;
    plan_ = plan;
    grace_.reset();
    submit({publishing(plan), [this, done = std::move(done)](const std::exception_ptr& error) {
                published_ = !error;
                refused_ = !published_;
                if (refused_) {
                    active_ = Backend::none; // the next try chooses anew
                    tell("");
                }
                done(error);
            }});
}

void ManagedLink::settle(Done done) {
    submit({{[this](const Done& next) { active().settle(next); },
             [this](const Done& next) {
                 if (active_ == Backend::networkd)
                     handsOff_.enforce();
                 next(nullptr);
             }},
            [this, done = std::move(done)](const std::exception_ptr& error) {
                refused_ = refused_ || error;
                done(error);
            }});
}

void ManagedLink::withdraw(Done done) {
    published_ = false;
    grace_.reset();
    submit({withdrawing(), std::move(done)});
}

// --- one thing after the other --------------------------------------------------------------------------------------

void ManagedLink::submit(Job job) {
    jobs_.push_back(std::move(job));
    if (jobs_.size() == 1)
        runNext();
}

/// From the loop: what is called back may destroy or call the very object that calls.
void ManagedLink::runNext() {
    step_ = 0;
    soon_ = callSoon([this] { runStep(); });
}

void ManagedLink::runStep() {
    if (step_ == jobs_.front().steps.size())
        return finishJob(nullptr);
    const Step step = jobs_.front().steps[step_++];
    try {
        step([this](const std::exception_ptr& error) {
            soon_ = callSoon([this, error] { error ? finishJob(error) : runStep(); });
        });
    } catch (const Error&) {
        finishJob(std::current_exception());
    } catch (const std::exception& e) {
        finishJob(std::make_exception_ptr(Error(ErrorCode::BackendUnavailable, e.what())));
    }
}

void ManagedLink::finishJob(const std::exception_ptr& error) {
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    if (!jobs_.empty())
        runNext();
    job.done(error);
}

// --- the steps ------------------------------------------------------------------------------------------------------

std::vector<ManagedLink::Step> ManagedLink::publishing(const LinkPlan& plan) {
    return {[this, plan](const Done& next) { choose(plan, next); }, [this](const Done& next) { changeOver(next); },
            [this, plan](const Done& next) { keepOthersAway(plan, next); },
            [this, plan](const Done& next) { publishWithChosen(plan, next); }};
}

void ManagedLink::choose(const LinkPlan& plan, const Done& next) {
    const bool stays = plan.backend == BackendChoice::automatic && chooser_.runs(active_);
    if (stays) { // a working link does not move because of the other manager
        chosen_ = active_;
        return next(nullptr);
    }
    chooser_.choose(plan.backend, [this, plan, next](Backend backend) {
        const bool canChoose = plan.backend == BackendChoice::automatic && chooser_.runs(Backend::networkd);
        chosen_ = canChoose && !moduleExists() ? Backend::networkd : backend;
        next(nullptr);
    });
}

/// A killed predecessor may have had the other one.
void ManagedLink::changeOver(const Done& next) {
    if (active_ == chosen_)
        return next(nullptr);
    const Backend old = std::exchange(active_, Backend::none);
    if (chosen_ == Backend::networkManager)
        handsOff_.remove();
    withdrawOld(old, [next](const std::exception_ptr& error) {
        if (error) // it may be gone for good: that must not keep the other one from working
            guard("withdrawing the link", [&] { std::rethrow_exception(error); });
        next(nullptr);
    });
}

void ManagedLink::withdrawOld(Backend old, const Done& next) {
    if (old == Backend::networkd)
        return networkd_.withdraw(next);
    if (chosen_ != Backend::networkManager)
        return withdrawFromModule(next);
    next(nullptr);
}

void ManagedLink::keepOthersAway(const LinkPlan& plan, const Done& next) {
    if (chosen_ == Backend::networkManager)
        return networkd_.leaveAlone(plan.ifname, next);
    handsOff_.put(plan.ifname);
    next(nullptr);
}

void ManagedLink::publishWithChosen(const LinkPlan& plan, const Done& next) {
    active_ = chosen_;
    active().publish(plan, [this, next](const std::exception_ptr& error) {
        if (!error && chooser_.runs(active_)) // whoever has told so before, and was not heard
            tell(backendName(active_));
        next(error);
    });
}

std::vector<ManagedLink::Step> ManagedLink::withdrawing() {
    return {[this](const Done& next) { withdrawFromModule(next); },
            [this](const Done& next) {
                handsOff_.remove();
                networkd_.withdraw(next);
            },
            [this](const Done& next) {
                tell("");
                active_ = Backend::none;
                next(nullptr);
            }};
}

/// What goes wrong here must not keep the rest from being taken back.
void ManagedLink::withdrawFromModule(const Done& next) {
    if (!module_ && !moduleHasTraces())
        return next(nullptr);
    try {
        moduleLink().withdraw([next](const std::exception_ptr& error) {
            if (error)
                guard("withdrawing from NetworkManager", [&] { std::rethrow_exception(error); });
            next(nullptr);
        });
    } catch (const Error& e) {
        log::warning(std::string("what an earlier run left with NetworkManager stays: ") + e.what());
        next(nullptr);
    }
}

bool ManagedLink::moduleHasTraces() const {
    std::error_code error;
    return std::any_of(moduleTraces.begin(), moduleTraces.end(),
                       [&](const char* trace) { return fs::exists(options_.root / trace, error); });
}

bool ManagedLink::moduleExists() const {
    std::error_code error;
    return fs::exists(options_.module, error);
}

LinkPort& ManagedLink::active() {
    return active_ == Backend::networkManager ? moduleLink() : networkd_;
}

LinkPort& ManagedLink::moduleLink() {
    if (!module_)
        module_ = loadModuleLink(options_.module, bus_, moduleEar_, options_.root);
    return *module_;
}

// --- managers come and go -------------------------------------------------------------------------------------------

void ManagedLink::managersChanged() {
    if (published_)
        followManager();
    else if (refused_)
        announceManager();
}

/// Who waits for a manager tries again when he hears of one.
void ManagedLink::announceManager() {
    const bool networkd = plan_->backend != BackendChoice::networkManager && chooser_.runs(Backend::networkd);
    const bool networkManager = plan_->backend != BackendChoice::networkd && chooser_.runs(Backend::networkManager);
    tell(backendName(networkd ? Backend::networkd : networkManager ? Backend::networkManager : Backend::none));
}

void ManagedLink::followManager() {
    const bool other = chooser_.runs(Backend::networkd) || (chooser_.runs(Backend::networkManager) && moduleExists());
    if (plan_->backend != BackendChoice::automatic || chooser_.runs(active_) || !other)
        return grace_.reset();
    if (!grace_)
        grace_ = callAt(bootNow() + static_cast<std::uint64_t>(std::chrono::microseconds(options_.restartTime).count()),
                        [this] { move(); });
}

void ManagedLink::move() {
    grace_.reset();
    log::notice("the network manager of " + plan_->ifname.text() + " is gone: the other one takes over");
    std::vector<Step> steps = publishing(*plan_);
    steps.push_back([this](const Done& next) { active().settle(next); });
    submit({std::move(steps), [this](const std::exception_ptr& error) {
                if (!error)
                    return;
                active_ = Backend::none; // and the next one that comes may try
                tell("");
                guard("changing the network manager", [&] { std::rethrow_exception(error); });
            }});
}

void ManagedLink::tell(const std::string& name) {
    if (std::exchange(told_, name) != name)
        listener_.backend(name);
}

} // namespace otgnet
