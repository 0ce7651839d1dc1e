// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/activation.hpp"

#include "base/log.hpp"
#include "host/nm/manager_files.hpp"
#include "host/nm/profile.hpp"

#include <utility>

namespace otgnet::nm {

namespace {

constexpr std::uint64_t settleLimitUsec = 25'000'000; // below the time-out of a D-Bus call that waits for us

/// For calls whose outcome shows in the state of the device.
void logOnly(const std::exception_ptr& error) {
    if (error)
        guard("NetworkManager", [&] { std::rethrow_exception(error); });
}

} // namespace

Activation::Activation(Manager& manager, std::filesystem::path root, Events events)
    : manager_(manager), root_(std::move(root)), events_(std::move(events)) {}

void Activation::follow(const IfName& ifname, const std::string& profile, bool dhcp) {
    ifname_ = ifname;
    profile_ = profile;
    dhcp_ = dhcp;
    following_ = true;
    lookAnew();
}

void Activation::pause() {
    following_ = false;
    superseded_.clear(); // the paths are numbered from 1 again
    patience_.reset();
    if (settling_)
        giveUp(LinkState::absent);
}

void Activation::stop() {
    following_ = stands_ = false;
    patience_.reset();
    limit_.reset();
    last_.reset();
    superseded_.clear();
    refusal_.clear();
}

void Activation::settle(Done done) {
    stands_ = false;
    settling_ = std::move(done);
    limit_ = callAt(bootNow() + settleLimitUsec, [this] { giveUp(state()); });
    if (!manager_.running())
        return giveUp(LinkState::absent);
    lookAnew();
}

/// Everything may be tried once more.
void Activation::lookAnew() {
    failed_ = managed_ = activated_ = cured_ = false;
    last_.reset();
    look();
}

void Activation::renew() {
    const DeviceFacts facts = device();
    if (facts.profile != profileUuid)
        return;
    log::info("activating the connection otgnet anew");
    superseded_ = facts.activation;
    last_.reset();
    activate();
    look();
}

/// Acted upon at once: the device may say that it is active again before the loop comes round.
void Activation::failed(NMDeviceStateReason reason) {
    if (!following_)
        return;
    if (!std::exchange(failed_, true))
        log::info("NetworkManager could not activate " + ifname_->text() + " (reason " + std::to_string(reason) + ")");
    if (!act(LinkState::failed))
        giveUp(LinkState::failed);
}

void Activation::look() {
    if (following_)
        arrive(state());
}

void Activation::arrive(LinkState state) {
    const auto before = std::exchange(last_, state);
    if (state != LinkState::active)
        serving_ = false;
    if (state == LinkState::waiting)
        return wellNow();
    if (before == state)
        return;
    if (state == LinkState::missing) // with the gadget; only settle() waits for it
        return patience_.reset();
    if (state == LinkState::unmanaged && !std::exchange(managed_, true))
        manage();
    if (state == LinkState::foreign && !std::exchange(activated_, true))
        activate();
    patience_ = callAt(bootNow() + patience(state), [this] { impatient(); });
}

void Activation::wellNow() {
    patience_.reset();
    limit_.reset();
    failed_ = managed_ = activated_ = cured_ = false;
    if (last_ == LinkState::active && !std::exchange(serving_, true))
        events_.active();
    if (Done done = std::exchange(settling_, nullptr)) {
        stands_ = true;
        done(nullptr);
    }
}

void Activation::impatient() {
    LinkState now = state();
    if (now == LinkState::active && dhcp_ && !dnsmasqServes(root_, *ifname_))
        now = LinkState::failed;
    if (isSettled(now))
        return wellNow();
    if (!act(now))
        giveUp(now);
}

/// Whether there was something left to try.
bool Activation::act(LinkState state) {
    const bool stuck = state == LinkState::failed || state == LinkState::activating;
    if (stuck && !std::exchange(cured_, true) && cure())
        return true;
    if ((state == LinkState::failed || state == LinkState::down || state == LinkState::idle) &&
        !std::exchange(activated_, true)) {
        failed_ = false;
        last_.reset();
        activate();
        return true;
    }
    return false;
}

void Activation::manage() {
    log::info("asking NetworkManager to manage " + ifname_->text());
    manager_.setManaged(device(), true, logOnly);
}

void Activation::activate() {
    refusal_.clear();
    manager_.call(NM_DBUS_PATH, NM_DBUS_INTERFACE, "ActivateConnection",
                  g_variant_new("(ooo)", profile_.c_str(), device().path.c_str(), "/"),
                  "NetworkManager does not activate it", [this, profile = profile_](const std::exception_ptr& error) {
                      if (error && following_ && profile == profile_)
                          refused(error);
                  });
}

/// No verdict yet: the carrier or the device may have gone meanwhile, and then nothing is wrong.
void Activation::refused(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Error& e) {
        refusal_ = e.what();
    }
    log::info(refusal_);
    last_.reset();
    look();
}

bool Activation::cure() {
    return orphan_.end(root_, *ifname_, [this] {
        if (!following_)
            return;
        failed_ = false;
        last_.reset();
        if (!device().path.empty()) // it may have gone meanwhile
            activate();
        look();
    });
}

void Activation::giveUp(LinkState state) {
    patience_.reset();
    limit_.reset();
    std::string text = explain(state, *ifname_, device());
    if (state == LinkState::unmanaged)
        text += strictUnmanagedHint(root_);
    if (!refusal_.empty())
        text += ". " + refusal_;
    const std::exception_ptr error = unavailable(text, nullptr);
    if (Done done = std::exchange(settling_, nullptr))
        return done(error);
    if (stands_) // else settle() is about to look by itself
        events_.trouble(error);
}

DeviceFacts Activation::device() const {
    return manager_.device(*ifname_);
}

LinkState Activation::state() const {
    const DeviceFacts facts = device();
    const LinkState state = judge(manager_.running(), facts, failed_);
    const bool old = !superseded_.empty() && facts.activation == superseded_;
    return state == LinkState::active && old ? LinkState::activating : state;
}

} // namespace otgnet::nm
