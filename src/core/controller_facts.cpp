// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The controller's inputs from the machine, and what it shows of them.

#include "core/controller.hpp"

#include <algorithm>
#include <utility>

namespace otgnet {

namespace {

/// How long a dwc2 host may sleep before it counts as gone: there, a pulled cable looks the same.
constexpr std::chrono::seconds dwc2SuspendDetach{5};

} // namespace

void Controller::udcChanged(const UdcFacts& facts) {
    udc_ = facts;
    cable_.setSuspendDetach(suspendDetach());
    observeFacts();
    reconsider();
}

void Controller::linkChanged(const LinkFacts& facts) {
    link_ = facts;
    observeFacts();
}

void Controller::foreignNetworksChanged(std::vector<ForeignNetwork> networks) {
    foreign_ = std::move(networks);
    reconsider();
}

void Controller::gadgetsChanged() {
    reconsider();
}

void Controller::firewallLost() {
    executor_.firewallLost();
    observe();
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
    backend_ = name;
    publish();
}

void Controller::warnings(const std::vector<std::string>& texts) {
    linkWarnings_ = texts;
    publish();
}

void Controller::trouble(std::exception_ptr cause) {
    if (!cause) {
        managerMoved_ = true;
        return reconsider();
    }
    if (executor_.standing().link && !stopping_)
        enqueue([this, cause](
                    const Done& finished) { executor_.standing().link ? fail(cause, finished) : finished(nullptr); },
                [](const std::exception_ptr&) {});
}

// --- another try ----------------------------------------------------------------------------------------------------

/// Looks whether what stands has been pulled away under us, or what failed may work now.
void Controller::reconsider() {
    if (reconsidering_ || stopping_ || working_ || !started_ || !worthAnotherTry())
        return;
    reconsidering_ = true;
    enqueue(
        [this](const Done& finished) {
            reconsidering_ = false;
            worthAnotherTry() ? reconcile(finished) : finished(nullptr);
        },
        [](const std::exception_ptr&) {});
}

bool Controller::worthAnotherTry() {
    return enabled() && (failed_ ? managerMoved_ || circumstances() != triedIn_ : outOfOrder());
}

bool Controller::outOfOrder() {
    const Standing& standing = executor_.standing();
    if (!plan_)
        return false;
    if (standing.gadget && isGone(*standing.gadget))
        executor_.gadgetGone();
    return !standing.gadget || !standing.firewall || !overlaps().empty() || kvmdCame();
}

bool Controller::kvmdCame() const {
    return !plan_->gadget.shared && config().config.link.gadget != GadgetChoice::own &&
           machine_.gadgetExists(kvmdGadgetName);
}

/// All that was wanted last stands, and nothing has pulled it away.
bool Controller::isInOrder() {
    return enabled() && !failed_ && plan_ && stepsTo(*plan_, executor_.standing()).empty() && !outOfOrder();
}

/// An own gadget that somebody has unbound is bound again; kvmd's is in kvmd's hands. What the watcher saw last may be
/// older than our own bind, so configfs has the last word.
bool Controller::isGone(const GadgetPlan& gadget) const {
    const bool unbound = !gadget.shared && udc_.gadget != gadget.name && !executor_.nameOf(gadget);
    return udc_.udc.empty() || unbound || !machine_.gadgetExists(gadget.name);
}

Controller::Circumstances Controller::circumstances() const {
    Circumstances now;
    now.udc = udc_.udc;
    now.gadgets = machine_.gadgetExists("");
    now.kvmdGadget = machine_.gadgetExists(kvmdGadgetName);
    now.kvmdBound = now.kvmdGadget && machine_.gadgetBound(kvmdGadgetName);
    now.takenBy = udc_.gadget == ownGadgetName || udc_.gadget == kvmdGadgetName ? "" : udc_.gadget;
    now.overlaps = overlaps();
    return now;
}

std::vector<ForeignNetwork> Controller::overlaps() const {
    std::vector<ForeignNetwork> found;
    std::copy_if(foreign_.begin(), foreign_.end(), std::back_inserter(found), [this](const ForeignNetwork& f) {
        return layers_.loaded() && f.network.overlaps(config().config.net.network);
    });
    return found;
}

// --- what is shown --------------------------------------------------------------------------------------------------

bool Controller::configEnables() const {
    return layers_.loaded() && config().config.ethernet.enabled && config().config.ethernet.start;
}

bool Controller::enabled() const {
    return enabledByCall_.value_or(configEnables());
}

/// Whether the way is up: also where nobody can know, as there is no configuration, so that the cause is said.
bool Controller::wanted() const {
    return enabled() || (configError_ && !enabledByCall_);
}

bool Controller::onController() const {
    const auto& gadget = executor_.standing().gadget;
    return gadget && !rebinding_ && udc_.gadget == gadget->name;
}

bool Controller::bound() const {
    return onController() && !udc_.withoutUs;
}

/// By "kvmd-otgconf -d": whoever did it wants it so, and we do not fight him.
bool Controller::switchedOff() const {
    return onController() && udc_.withoutUs;
}

Presence::Levels Controller::levels() const {
    return {bound(), udc_.state, link_.carrier, udc_.suspended, udc_.notices, udc_.binding};
}

State Controller::state() const {
    if (passing_)
        return *passing_;
    if (failed_ || (configError_ && !layers_.loaded()))
        return State::failed;
    if (!executor_.standing().gadget)
        return executor_.busy() && plan_ ? State::starting : State::disabled; // taken down to be brought up anew
    if (!cable_.attached())
        return State::waiting;
    return cable_.currentLeases().empty() ? State::attached : State::online;
}

std::chrono::seconds Controller::suspendDetach() const {
    const std::chrono::seconds automatic = udc_.isDwc2 ? dwc2SuspendDetach : std::chrono::seconds{0};
    return layers_.loaded() ? config().config.link.suspendDetach.value_or(automatic) : automatic;
}

void Controller::observe() {
    if (!started_)
        return; // what stands is not known yet
    cable_.levels(levels(), udc_);
    publish();
}

/// The facts that make an attach come one by one, but close together: what is no attach yet waits for the rest, so that
/// subscribers hear of all of it at once.
void Controller::observeFacts() {
    if (!started_)
        return;
    cable_.levels(levels(), udc_);
    if (cable_.hasNews())
        publish();
    else if (!later_)
        later_ = clock_.soon([this] { publish(); });
}

void Controller::publish() {
    if (!started_)
        return;
    later_.reset();
    Scene scene;
    scene.state = state();
    if (std::exchange(lastState_, scene.state) != scene.state)
        stateSince_ = clock_.now();
    scene.stateSince = stateSince_;
    scene.enabled = enabled();
    scene.backend = backend_;
    scene.config = layers_.loaded() ? &layers_.current() : nullptr;
    scene.standing = executor_.standing();
    scene.udc = udc_;
    scene.link = link_;
    scene.leases = cable_.currentLeases();
    scene.realtimeOffset = clock_.realtimeOffset();
    if (scene.config != nullptr)
        scene.warnings = scene.config->warnings;
    if (switchedOff())
        scene.warnings.push_back("otg/devices/ethernet: " + scene.standing.gadget->function() +
                                 " is switched off in the gadget " + scene.standing.gadget->name +
                                 "; 'kvmd-otgconf -e " + scene.standing.gadget->function() +
                                 "' or 'otgnetctl replug' brings it back");
    scene.warnings.insert(scene.warnings.end(), linkWarnings_.begin(), linkWarnings_.end());
    scene.warnings.insert(scene.warnings.end(), troubles_.begin(), troubles_.end());
    scene.lastError = !error_.name.empty() ? error_ : configError_ ? describe(configError_) : refusedReload_;
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
