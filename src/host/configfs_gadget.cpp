// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/configfs_gadget.hpp"

namespace otgnet {

namespace {

/// Long enough for the host's hub to see that the device was gone.
constexpr std::uint64_t replugPauseUsec = 200'000;

GadgetPlan kvmdDefaults() {
    GadgetPlan plan;
    plan.initDelay = std::chrono::seconds(3);
    plan.user = "kvmd";
    plan.meta = "/run/kvmd/otg";
    return plan;
}

/// What the call throws, as an answer.
std::exception_ptr outcome(const std::function<void()>& call) {
    try {
        call();
        return nullptr;
    } catch (...) {
        return std::current_exception();
    }
}

} // namespace

ConfigfsGadget::ConfigfsGadget(KernelRoots roots, std::filesystem::path markPlace)
    : own_(roots), shared_(roots, MarkPlace(std::move(markPlace))), last_(kvmdDefaults()) {}

std::optional<std::string> ConfigfsGadget::standing(const GadgetPlan& plan) const {
    last_ = plan;
    const bool stands =
        plan.shared ? !own_.exists() && shared_.stands(plan) : own_.stands(plan) && !shared_.present(plan);
    return stands ? std::optional{device(plan)} : std::nullopt;
}

std::string ConfigfsGadget::device(const GadgetPlan& plan) const {
    return plan.shared ? shared_.networkDevice(plan) : own_.networkDevice(plan);
}

void ConfigfsGadget::put(const GadgetPlan& plan, Done done) {
    last_ = plan;
    if (!plan.shared)
        return shared_.leave(plan, [this, done](std::exception_ptr error) { error ? done(error) : putOwn(done); });
    if (const auto error = outcome([this] { own_.remove(); }))
        timer_ = callSoon([done, error] { done(error); });
    else
        shared_.join(plan, std::move(done));
}

void ConfigfsGadget::putOwn(const Done& done) {
    done(outcome([this] { own_.put(last_); }));
}

void ConfigfsGadget::replug(Done done) {
    if (last_.shared)
        return shared_.replug(last_, std::move(done));
    if (const auto error = outcome([this] { own_.unplug(); }))
        timer_ = callSoon([done, error] { done(error); });
    else
        timer_ = callAt(bootNow() + replugPauseUsec, [this, done] { putOwn(done); });
}

void ConfigfsGadget::remove(Done done) {
    const auto failed = outcome([this] { own_.remove(); });
    shared_.leave(last_, [done, failed](std::exception_ptr error) { done(failed ? failed : error); });
}

} // namespace otgnet
