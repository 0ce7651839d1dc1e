// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The controller's inputs from the machine, and what it shows of them.

#include "core/controller.hpp"

#include <algorithm>
#include <utility>

namespace otgnet {

void Controller::udcChanged(const UdcFacts& facts) {
    udc_ = facts;
    observe();
    reconsider();
}

void Controller::linkChanged(const LinkFacts& facts) {
    link_ = facts;
    observe();
}

void Controller::foreignNetworksChanged(std::vector<ForeignNetwork> networks) {
    foreign_ = std::move(networks);
    reconsider();
}

void Controller::gadgetsChanged() {
    reconsider();
}

void Controller::firewallLost() {
    executor_.firewallGone();
    reconsider();
}

void Controller::clockSet() {
    publish(); // the expiry of leases is shown in real time
}

void Controller::leases(const LeaseReport& report) {
    if (!plan_ || !executor_.standing().link)
        return; // late news of a link that has been withdrawn
    cable_.leases(report, plan_->link.network);
    publish();
}

void Controller::backend(const std::string& name) {
    managerCame_ = !name.empty() && name != backend_ && !working_; // else it is our own try that brings it up
    backend_ = name;
    publish();
    reconsider();
}

void Controller::warnings(const std::vector<std::string>& texts) {
    linkWarnings_ = texts;
    publish();
}

// --- another try ----------------------------------------------------------------------------------------------------

/// Looks whether what stands has been pulled away under us, or what failed may work now.
void Controller::reconsider() {
    if (reconsidering_ || stopping_ || working_ || !started_ || !worthAnotherTry())
        return;
    reconsidering_ = true;
    submit(
        [this](const Done& finished) {
            reconsidering_ = false;
            worthAnotherTry() ? reconcile(finished) : finished(nullptr);
        },
        [](const std::exception_ptr&) {});
}

bool Controller::worthAnotherTry() {
    return enabled() && (failed_ ? managerCame_ || circumstances() != triedIn_ : outOfOrder());
}

bool Controller::outOfOrder() {
    const Standing& standing = executor_.standing();
    if (!plan_)
        return false;
    if (standing.gadget && (udc_.udc.empty() || !machine_.gadgetExists(standing.gadget->name)))
        executor_.gadgetGone();
    const Circumstances now = circumstances();
    const bool kvmdCame = now.kvmdGadget && !plan_->gadget.shared && config().config.link.gadget != GadgetChoice::own;
    return !standing.gadget || !standing.firewall || !now.overlaps.empty() || kvmdCame;
}

Controller::Circumstances Controller::circumstances() const {
    Circumstances now;
    now.udc = udc_.udc;
    now.kvmdGadget = machine_.gadgetExists(kvmdGadgetName);
    now.kvmdBound = udc_.gadget == kvmdGadgetName;
    now.takenBy = udc_.gadget == ownGadgetName || now.kvmdBound ? "" : udc_.gadget;
    std::copy_if(foreign_.begin(), foreign_.end(), std::back_inserter(now.overlaps), [this](const ForeignNetwork& f) {
        return layers_.loaded() && f.network.overlaps(config().config.net.network);
    });
    return now;
}

// --- what is shown --------------------------------------------------------------------------------------------------

bool Controller::configEnables() const {
    return layers_.loaded() && config().config.ethernet.enabled && config().config.ethernet.start;
}

bool Controller::enabled() const {
    return enabledByCall_.value_or(configEnables());
}

bool Controller::bound() const {
    const auto& gadget = executor_.standing().gadget;
    return gadget && !rebinding_ && udc_.gadget == gadget->name;
}

Presence::Levels Controller::levels() const {
    return {bound(), udc_.state, link_.carrier, udc_.suspended, udc_.notices};
}

State Controller::state() const {
    if (passing_)
        return *passing_;
    if (failed_ || (configError_ && !layers_.loaded()))
        return State::failed;
    if (!executor_.standing().gadget)
        return State::disabled;
    if (!cable_.attached())
        return State::waiting;
    return cable_.currentLeases().empty() ? State::attached : State::online;
}

void Controller::observe() {
    cable_.levels(levels(), udc_);
    publish();
}

void Controller::publish() {
    if (!started_)
        return; // nobody is to see a service that does not know yet what stands
    Scene scene;
    scene.state = state();
    scene.enabled = enabled();
    scene.backend = backend_;
    scene.config = layers_.loaded() ? &layers_.current() : nullptr;
    scene.plan = plan_ ? &*plan_ : nullptr;
    scene.udc = udc_;
    scene.link = link_;
    scene.leases = cable_.currentLeases();
    scene.realtimeOffset = clock_.realtimeOffset();
    if (scene.config != nullptr)
        scene.warnings = scene.config->warnings;
    scene.warnings.insert(scene.warnings.end(), linkWarnings_.begin(), linkWarnings_.end());
    scene.warnings.insert(scene.warnings.end(), troubles_.begin(), troubles_.end());
    scene.lastError = error_;
    face_.show(describe(scene));
    cable_.tell();
    armTimer();
}

void Controller::armTimer() {
    const BootUsec deadline = cable_.deadline();
    timer_ = deadline == never ? nullptr : clock_.at(deadline, [this] {
        cable_.look();
        publish();
    });
}

} // namespace otgnet
