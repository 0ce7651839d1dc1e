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
constexpr std::array moduleTraces{"run/NetworkManager/system-connections/otgnet.nmconnection",
                                  "run/NetworkManager/conf.d/90-otgnet.conf",
                                  "etc/NetworkManager/dnsmasq-shared.d/90-otgnet.conf", "run/otgnet/ip_forward"};

/// What goes wrong there must not keep the rest from being done.
Done loggedAndOn(const char* what, Done next) {
    return [what, next = std::move(next)](const std::exception_ptr& error) {
        if (error)
            guard(what, [&] { std::rethrow_exception(error); });
        next(nullptr);
    };
}

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
    warnings_ = texts;
    if (counts())
        owner_.listener_.warnings(texts);
}

/// A manager whose link was taken back because it failed may still say that another try is worth while.
void ManagedLink::Ear::trouble(std::exception_ptr cause) {
    if (cause && !counts())
        return;
    owner_.refused_ = owner_.refused_ || cause;
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
                if (error)
                    refuse();
                done(error);
                if (error && !metNetworkManager_ && chooser_.runs(Backend::networkManager))
                    listener_.trouble(nullptr); // it came while we tried without it
            }});
}

/// The next try chooses anew.
void ManagedLink::refuse() {
    published_ = false;
    refused_ = true;
    setActive(Backend::none);
    tell("");
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
    metNetworkManager_ = chooser_.runs(Backend::networkManager);
    if (active_ == chosen_)
        return next(nullptr);
    const Backend old = active_;
    setActive(Backend::none);
    if (chosen_ == Backend::networkManager)
        handsOff_.remove();
    withdrawOld(old, loggedAndOn("withdrawing the link", next)); // the old one may be gone for good
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
        return networkd_.leaveAlone(plan.ifname, loggedAndOn("keeping systemd-networkd away", next));
    handsOff_.put(plan.ifname);
    next(nullptr);
}

void ManagedLink::publishWithChosen(const LinkPlan& plan, const Done& next) {
    setActive(chosen_);
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
                const bool minor = active_ == Backend::networkManager;
                networkd_.withdraw(minor ? loggedAndOn("withdrawing from systemd-networkd", next) : next);
            },
            [this](const Done& next) {
                tell("");
                setActive(Backend::none);
                next(nullptr);
            }};
}

void ManagedLink::withdrawFromModule(const Done& next) {
    if (!module_ && !moduleHasTraces())
        return next(nullptr);
    try {
        moduleLink().withdraw(loggedAndOn("withdrawing from NetworkManager", next));
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

/// What the one in charge could not honour is what counts.
void ManagedLink::setActive(Backend backend) {
    if (std::exchange(active_, backend) == backend)
        return;
    static const std::vector<std::string> none;
    listener_.warnings(
        backend == Backend::none ? none : (backend == Backend::networkd ? networkdEar_ : moduleEar_).lastWarnings());
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
    if (published_ && active_ == Backend::networkd && chooser_.runs(Backend::networkManager)) {
        handsOff_.put(plan_->ifname); // it may have been installed just now
        handsOff_.enforce();
    }
    if (published_)
        followManager();
    else if (refused_ && someManagerCounts())
        listener_.trouble(nullptr);
}

bool ManagedLink::someManagerCounts() const {
    return (plan_->backend != BackendChoice::networkManager && chooser_.runs(Backend::networkd)) ||
           (plan_->backend != BackendChoice::networkd && chooser_.runs(Backend::networkManager));
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
                refuse();
                listener_.trouble(error);
            }});
}

void ManagedLink::tell(const std::string& name) {
    if (std::exchange(told_, name) != name)
        listener_.backend(name);
}

} // namespace otgnet
