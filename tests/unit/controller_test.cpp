// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace otgnet {
namespace {

using Lines = std::vector<std::string>;

const Lines upSteps{"put firewall", "publish", "put gadget", "settle"};
const Lines downSteps{"remove gadget", "withdraw", "forward", "remove firewall"};

Lines operator+(Lines left, const Lines& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Value text(const std::string& value) {
    return {value, {"runtime"}, value};
}

Value flag(bool value) {
    return {value, {"runtime"}, value ? "true" : "false"};
}

struct Outcome {
    bool answered = false;
    std::string error; ///< D-Bus name
};

class ControllerTest : public testing::Test {
protected:
    ControllerTest() {
        files.base.config.ethernet = {true, true, Driver::ncm, {}, {}};
        files.base.config.net.network = *Cidr4::parse("172.30.30.0/24");
        for (const char* key : {"otgnet/firewall/allow_icmp", "otg/devices/ethernet/enabled",
                                "otg/devices/ethernet/driver", "otgnet/iface/net"})
            files.base.settings[key] = {};
    }

    void start() {
        udcIs("dummy_udc.0", "not attached", "");
        controller.start();
        machine.settle();
    }

    /// Up and bound, as the watcher would report it.
    void startUp() {
        start();
        udcIs("dummy_udc.0", "not attached", ownGadgetName);
        ASSERT_EQ(screen.status().state, State::waiting) << screen.status().lastError.text;
        machine.takeJournal();
    }

    void plugHost() {
        udcIs("dummy_udc.0", "configured", ownGadgetName);
        controller.linkChanged({"usb0", 3, true});
    }

    void udcIs(const std::string& udc, const std::string& state, const std::string& boundTo) {
        UdcFacts facts;
        facts.udc = udc;
        facts.state = state;
        facts.speed = "high-speed";
        facts.gadget = boundTo;
        facts.binding = boundTo.empty() ? 0 : binding;
        facts.notices = ++notices;
        machine.bound = boundTo;
        controller.udcChanged(facts);
        machine.settle();
    }

    Done into(Outcome& outcome) {
        return [&outcome](const std::exception_ptr& error) {
            EXPECT_FALSE(outcome.answered) << "answered twice";
            outcome.answered = true;
            outcome.error = error ? describe(error).name : "";
        };
    }

    Outcome call(void (Controller::*verb)(Done)) {
        Outcome outcome;
        (controller.*verb)(into(outcome));
        machine.settle();
        EXPECT_TRUE(outcome.answered);
        return outcome;
    }

    Outcome set(const Settings& changes, bool persist = false) {
        Outcome outcome;
        controller.setConfig(changes, persist, into(outcome));
        machine.settle();
        EXPECT_TRUE(outcome.answered);
        return outcome;
    }

    fake::Machine machine;
    fake::Gadget gadget{machine};
    fake::Link link{machine};
    fake::Firewall firewall{machine};
    fake::Forwarding forwarding{machine};
    fake::Hooks hooks{machine};
    fake::Files files;
    fake::Look look{machine};
    fake::Clock clock{machine};
    fake::Screen screen;
    fake::Memory memory;
    Controller controller{{gadget, link, firewall, forwarding, hooks}, {files, clock, look, memory}, screen};
    unsigned notices = 0;
    std::uint64_t binding = 0; ///< 0: a kernel that does not number them
};

TEST_F(ControllerTest, StartClearsLeftoversAndComesUp) {
    start();
    EXPECT_EQ(machine.journal, downSteps + upSteps);
    EXPECT_EQ(screen.states(), (std::vector{State::stopping, State::starting, State::waiting}));
    EXPECT_TRUE(screen.status().enabled);
    EXPECT_EQ(screen.status().address, "172.30.30.1/24");
}

TEST_F(ControllerTest, NotWantedIsClosed) {
    files.base.config.ethernet.enabled = false;
    start();
    EXPECT_EQ(machine.journal, downSteps);
    EXPECT_EQ(screen.status().state, State::disabled);
}

TEST_F(ControllerTest, EnableAndDisableAnswerWhenDone) {
    files.base.config.ethernet.enabled = false;
    start();
    machine.takeJournal();
    EXPECT_EQ(call(&Controller::enable).error, "");
    EXPECT_EQ(machine.takeJournal(), upSteps);
    EXPECT_EQ(call(&Controller::disable).error, "");
    EXPECT_EQ(machine.takeJournal(), downSteps);
    EXPECT_EQ(screen.status().state, State::disabled);
}

TEST_F(ControllerTest, AHookWithAMistakeFailsWhenItsTurnComes) {
    files.base.config.hooks.preStop = {"/x", "{iface}"};
    files.base.config.hooks.postStop = {"/y", "{print}"};
    startUp();
    EXPECT_EQ(call(&Controller::disable).error, "org.pikvm.OtgNet.Error.HookFailed");
    EXPECT_EQ(machine.takeJournal(), Lines{"run /x"} + downSteps);
}

/// Its start commands are run again, whatever its stop commands had to say.
TEST_F(ControllerTest, AStopCommandThatFailsIsInNothingsWay) {
    files.base.config.hooks.preStart = {"/up"};
    files.base.config.hooks.postStop = {"/down"};
    startUp();
    machine.failures.emplace("run /down", Error(ErrorCode::HookFailed, "because"));
    EXPECT_EQ(call(&Controller::disable).error, "org.pikvm.OtgNet.Error.HookFailed");
    machine.takeJournal();
    EXPECT_EQ(call(&Controller::enable).error, "");
    EXPECT_EQ(machine.takeJournal(), Lines{"run /up"} + upSteps + Lines{"forward"});

    EXPECT_EQ(set({{"otg/devices/ethernet/driver", text("ecm")}}).error, "");
    EXPECT_EQ(machine.takeJournal(), (downSteps + Lines{"run /down", "run /up"} + upSteps));
    EXPECT_EQ(screen.status().warnings, Lines{"cannot run post_stop_cmd: otgnet/commands/post_stop_cmd: because"});
}

TEST_F(ControllerTest, StopCommandsAreRunOnceHoweverTheRestartEnds) {
    files.base.config.hooks.preStop = {"/before"};
    files.base.config.hooks.postStop = {"/after"};
    startUp();
    machine.failures.emplace("publish", Error(ErrorCode::BackendUnavailable, "because"));
    files.base.config.ethernet.driver = Driver::ecm;
    call(&Controller::reload);
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_EQ(std::ranges::count(machine.journal, "run /before"), 1);
    EXPECT_EQ(std::ranges::count(machine.journal, "run /after"), 1);
}

TEST_F(ControllerTest, AReplugOfWhatHasFailedBringsItUp) {
    startUp();
    machine.failures.emplace("remove gadget", Error(ErrorCode::KernelSupport, "busy"));
    controller.trouble(std::make_exception_ptr(Error(ErrorCode::BackendUnavailable, "because")));
    machine.settle();
    ASSERT_EQ(screen.status().state, State::failed);
    machine.failures.clear();
    machine.takeJournal();
    EXPECT_EQ(call(&Controller::replug).error, "");
    EXPECT_EQ(screen.status().state, State::waiting);
    EXPECT_EQ(std::ranges::count(machine.journal, "put gadget"), 1);
}

/// What a way down has left behind is not taken for standing.
TEST_F(ControllerTest, EveryStepDownThatFailsIsDoneAgainOnTheWayUp) {
    startUp();
    for (const std::string step : {"remove gadget", "withdraw", "remove firewall"}) {
        SCOPED_TRACE(step);
        machine.failures.emplace(step, Error(ErrorCode::BackendUnavailable, "because"));
        EXPECT_EQ(call(&Controller::disable).error, "org.pikvm.OtgNet.Error.BackendUnavailable");
        machine.failures.clear();
        machine.takeJournal();
        EXPECT_EQ(call(&Controller::enable).error, "");
        const Lines done = machine.takeJournal();
        for (const char* wanted : {"publish", "put gadget", "settle"})
            EXPECT_EQ(std::ranges::count(done, wanted), 1) << wanted;
        EXPECT_EQ(screen.status().state, State::waiting);
    }
}

TEST_F(ControllerTest, HostComesAndGoesAndIsToldOnce) {
    startUp();
    plugHost();
    controller.linkChanged({"usb0", 3, true});
    EXPECT_EQ(screen.takeSignals(), (Lines{"attached dummy_udc.0 high-speed"}));
    EXPECT_EQ(screen.status().state, State::attached);
    machine.now += 10'000'000;
    controller.linkChanged({"usb0", 3, false});
    EXPECT_EQ(screen.takeSignals(), (Lines{"detached dummy_udc.0 unplugged"}));
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, FactsThatMakeAnAttachTogetherAreShownOnce) {
    startUp();
    clock.collects = true;
    const auto before = screen.shown.size();
    udcIs("dummy_udc.0", "configured", ownGadgetName);
    EXPECT_EQ(screen.shown.size(), before);
    controller.linkChanged({"usb0", 3, true});
    EXPECT_EQ(screen.shown.size(), before + 1);
    EXPECT_EQ(screen.status().udc.state, "configured");
    EXPECT_EQ(screen.takeSignals(), (Lines{"attached dummy_udc.0 high-speed"}));
}

TEST_F(ControllerTest, FactsThatMakeNoAttachAreShownAll) {
    startUp();
    clock.collects = true;
    udcIs("dummy_udc.0", "configured", ownGadgetName);
    ASSERT_TRUE(clock.collected);
    std::exchange(clock.collected, {})();
    EXPECT_EQ(screen.status().udc.state, "configured");
    EXPECT_EQ(screen.status().state, State::waiting);
    udcIs("dummy_udc.0", "addressed", ownGadgetName);
    EXPECT_TRUE(clock.collected) << "for the first one only";
}

TEST_F(ControllerTest, AStormOfFactsPutsNothingOff) {
    startUp();
    clock.collects = true;
    udcIs("dummy_udc.0", "addressed", ownGadgetName);
    ASSERT_TRUE(std::exchange(clock.collected, {}));
    udcIs("dummy_udc.0", "configured", ownGadgetName);
    EXPECT_FALSE(clock.collected) << "the first one is put off";
}

TEST_F(ControllerTest, TellsSinceWhenItsStateIsWhatItIs) {
    startUp();
    machine.now += 1'000'000;
    const BootUsec came = machine.now;
    plugHost();
    ASSERT_EQ(screen.status().state, State::attached);
    EXPECT_EQ(screen.status().stateSince, came);
    machine.now += 5'000'000;
    controller.warnings({"something else changes"});
    EXPECT_EQ(screen.status().stateSince, came);
    controller.linkChanged({"usb0", 3, false});
    EXPECT_EQ(screen.status().stateSince, machine.now);
}

TEST_F(ControllerTest, AHostThatIsThereBeforeWeAreUpIsSeen) {
    files.base.config.ethernet.enabled = false;
    start();
    Outcome outcome;
    controller.enable(into(outcome));
    UdcFacts facts;
    facts.udc = "dummy_udc.0";
    facts.gadget = ownGadgetName;
    for (const char* state : {"default", "configured"}) { // while the network manager takes its time
        facts.state = state;
        facts.notices = ++notices;
        controller.udcChanged(facts);
    }
    controller.linkChanged({"usb0", 3, true});
    machine.settle();
    EXPECT_TRUE(outcome.answered);
    EXPECT_EQ(screen.status().state, State::attached);
}

TEST_F(ControllerTest, LeaseMakesOnlineAndOutlivesTheDetach) {
    startUp();
    plugHost();
    controller.leases({{{*Ipv4::parse("172.30.30.2"), {}, "pc", machine.now + 60'000'000}}, true});
    EXPECT_EQ(screen.status().state, State::online);
    machine.now += 10'000'000;
    controller.linkChanged({"usb0", 3, false});
    EXPECT_EQ(screen.status().leases.size(), 1U);
    machine.now = clock.deadline;
    clock.due();
    EXPECT_EQ(screen.takeSignals(), (Lines{"attached dummy_udc.0 high-speed", "added 172.30.30.2",
                                           "detached dummy_udc.0 unplugged", "removed 172.30.30.2 expired"}));
}

TEST_F(ControllerTest, DisableTellsDetachAndEndsLeases) {
    startUp();
    plugHost();
    controller.leases({{{*Ipv4::parse("172.30.30.2"), {}, "pc", never}}, true});
    screen.takeSignals();
    call(&Controller::disable);
    EXPECT_EQ(screen.takeSignals(), (Lines{"detached dummy_udc.0 unbound", "removed 172.30.30.2 stopped"}));
}

TEST_F(ControllerTest, AHostIsToldToLeaveTheControllerThatItWasOn) {
    startUp();
    plugHost();
    screen.takeSignals();
    machine.failures.emplace("put gadget", Error(ErrorCode::NoController, "none"));
    udcIs("", "", "");
    EXPECT_EQ(screen.takeSignals(), Lines{"detached dummy_udc.0 unbound"});
}

/// The kernel numbers every bind, so that nobody has to guess whether there was one.
TEST_F(ControllerTest, AChangeThatBindsNothingAnewIsNoNews) {
    startUp();
    binding = 7;
    plugHost();
    screen.takeSignals();
    EXPECT_EQ(set({{"otg/devices/ethernet/driver", text("ecm")}}).error, "");
    EXPECT_EQ(screen.takeSignals(), Lines{}) << "the port has found nothing to do";

    machine.failures.emplace("publish", Error(ErrorCode::BackendUnavailable, "because"));
    EXPECT_EQ(set({{"otgnet/iface/net", text("10.9.9.0/24")}}).error, "org.pikvm.OtgNet.Error.BackendUnavailable");
    machine.failures.clear();
    call(&Controller::reload);
    EXPECT_EQ(screen.status().state, State::attached);
}

TEST_F(ControllerTest, WhatIsBoundAnewIsToldBeforeTheReply) {
    startUp();
    binding = 7;
    plugHost();
    screen.takeSignals();
    look.onFollow = [this] {
        binding = machine.journal.empty() ? 7 : 8;
        udcIs("dummy_udc.0", "not attached", ownGadgetName);
    };
    machine.takeJournal();
    EXPECT_EQ(set({{"otg/devices/ethernet/driver", text("ecm")}}).error, "");
    EXPECT_EQ(screen.takeSignals(), Lines{"detached dummy_udc.0 unbound"});
}

TEST_F(ControllerTest, LeasesOfOtherNetworksAreNotOurs) {
    startUp();
    controller.leases({{{*Ipv4::parse("10.0.0.2"), {}, "pc", never}}, true});
    EXPECT_TRUE(screen.status().leases.empty());
}

TEST_F(ControllerTest, WhatWasToldIsRemembered) {
    startUp();
    EXPECT_FALSE(memory.last.host);
    plugHost();
    EXPECT_TRUE(memory.last.host);
    call(&Controller::disable);
    EXPECT_FALSE(memory.last.host);
}

/// A second daemon on the machine that the first one was killed on.
class SuccessorTest : public ControllerTest {
protected:
    void SetUp() override {
        startUp();
        plugHost();
        machine.takeJournal();
        makeNext();
    }

    void makeNext() {
        next = std::make_unique<Controller>(Ports{gadget, link, firewall, forwarding, hooks},
                                            Controller::Surroundings{files, clock, look, memory}, second);
    }

    void startNext(bool hostIsThere) {
        UdcFacts facts;
        facts.udc = "dummy_udc.0";
        facts.state = "configured";
        facts.speed = "high-speed";
        facts.gadget = ownGadgetName;
        next->udcChanged(facts);
        look.onFollow = [this, hostIsThere] { next->linkChanged({"usb0", 3, hostIsThere}); };
        next->start();
        machine.settle();
    }

    fake::Screen second;
    std::unique_ptr<Controller> next;
};

TEST_F(SuccessorTest, AdoptsWhatStandsAndTellsNothingAgain) {
    memory.last.leases = true;
    startNext(true);
    next->leases({{{*Ipv4::parse("172.30.30.2"), {}, "pc", never}}, true});
    EXPECT_EQ(machine.journal, (Lines{"put firewall", "publish", "settle", "forward"}));
    EXPECT_EQ(second.signals, Lines{});
    EXPECT_EQ(second.status().state, State::online);
}

TEST_F(SuccessorTest, TellsLeasesAgainOnlyIfTheyWereTold) {
    memory.last.leases = true;
    memory.last.host = false; // whose cable was pulled
    startNext(false);
    EXPECT_TRUE(memory.last.leases) << "for the next one, should this one be killed before the first report";
    next->leases({{{*Ipv4::parse("172.30.30.2"), {}, "pc", never}}, true});
    EXPECT_EQ(second.signals, Lines{"detached dummy_udc.0 unplugged"});

    memory.last = {.host = true, .leases = false};
    makeNext();
    second.signals.clear();
    startNext(true);
    next->leases({{{*Ipv4::parse("172.30.30.2"), {}, "pc", never}}, true});
    EXPECT_EQ(second.signals, Lines{"added 172.30.30.2"});
    EXPECT_TRUE(memory.last.leases);
}

/// Nobody knows whether they have run, and what has become of what they started.
TEST_F(SuccessorTest, WithCommandsOfTheUsersAllIsDoneAnew) {
    files.base.config.hooks.postStart = {"/start"};
    files.base.config.hooks.preStop = {"/stop"};
    startNext(true);
    EXPECT_EQ(machine.journal, Lines{"run /stop"} + downSteps + upSteps + Lines{"run /start"});
    EXPECT_EQ(second.signals, Lines{"detached dummy_udc.0 unbound"});
}

TEST_F(SuccessorTest, TellsOfAHostThatLeftMeanwhile) {
    startNext(false);
    EXPECT_EQ(second.signals, Lines{"detached dummy_udc.0 unplugged"});
    EXPECT_EQ(second.status().state, State::waiting);
}

TEST_F(SuccessorTest, TellsOfAHostThatCameMeanwhile) {
    memory.last = {};
    makeNext();
    startNext(true);
    EXPECT_EQ(second.signals, Lines{"attached dummy_udc.0 high-speed"});
    EXPECT_TRUE(memory.last.host);
}

TEST_F(SuccessorTest, TellsThatItTakesTheHostsNetworkDown) {
    files.base.config.ethernet.enabled = false;
    startNext(true);
    EXPECT_EQ(second.signals, Lines{"detached dummy_udc.0 unbound"});
    EXPECT_EQ(second.status().state, State::disabled);
}

TEST_F(ControllerTest, EveryStepThatFailsLeavesItClosedWithTheCause) {
    start();
    for (const std::string& step : upSteps) {
        SCOPED_TRACE(step);
        machine.failures.clear();
        call(&Controller::disable);
        machine.takeJournal();
        machine.failures.emplace(step, Error(ErrorCode::Firewall, "because"));
        EXPECT_EQ(call(&Controller::enable).error, "org.pikvm.OtgNet.Error.Firewall");
        EXPECT_EQ(screen.status().state, State::failed);
        EXPECT_EQ(screen.status().lastError, (LastError{"org.pikvm.OtgNet.Error.Firewall", "because"}));
        const Lines journal = machine.takeJournal();
        EXPECT_EQ(Lines(journal.end() - 4, journal.end()), downSteps);
    }
}

TEST_F(ControllerTest, AGadgetThatWillNotGoKeepsItsFirewall) {
    startUp();
    machine.failures.emplace("remove gadget", Error(ErrorCode::KernelSupport, "busy"));
    EXPECT_EQ(call(&Controller::disable).error, "org.pikvm.OtgNet.Error.KernelSupport");
    EXPECT_EQ(machine.takeJournal(), (Lines{"remove gadget", "withdraw", "forward"}));
    EXPECT_EQ(screen.status().warnings, (Lines{"cannot remove the gadget: busy"}));
    controller.firewallLost();
    EXPECT_EQ(machine.takeJournal(), Lines{"put firewall"});
    call(&Controller::disable);
    EXPECT_EQ(screen.status().warnings, (Lines{"cannot remove the gadget: busy"})) << "said once";
}

TEST_F(ControllerTest, OnlyWhatStandsIsShownAsInForce) {
    files.base.config.net.allowTcp = {80};
    files.base.config.net.allowIcmp = true;
    machine.failures.emplace("put gadget", Error(ErrorCode::NoEndpoints, "none"));
    start();
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_TRUE(screen.status().allowTcp.empty());
    EXPECT_FALSE(screen.status().allowIcmp);
    EXPECT_EQ(screen.status().address, "");
    EXPECT_EQ(screen.status().driver, "ncm");
    machine.failures.clear();
    EXPECT_EQ(call(&Controller::enable).error, "");
    EXPECT_EQ(screen.status().allowTcp, std::vector<std::uint16_t>{80});
    EXPECT_EQ(screen.status().address, "172.30.30.1/24");
}

TEST_F(ControllerTest, TriesAgainWhenAControllerAppears) {
    machine.failures.emplace("put gadget", Error(ErrorCode::NoController, "none"));
    controller.start();
    machine.settle();
    EXPECT_EQ(screen.status().state, State::failed);
    machine.failures.clear();
    udcIs("dummy_udc.0", "not attached", "");
    EXPECT_EQ(screen.status().state, State::waiting);
    EXPECT_EQ(screen.status().lastError, LastError{});
}

TEST_F(ControllerTest, DoesNotTryAgainForWhatItsOwnTryChanged) {
    machine.failures.emplace("settle", Error(ErrorCode::BackendUnavailable, "no"));
    start();
    machine.takeJournal();
    udcIs("dummy_udc.0", "not attached", ownGadgetName);
    udcIs("dummy_udc.0", "not attached", "");
    EXPECT_EQ(machine.journal, Lines{});
}

TEST_F(ControllerTest, ALinkThatBreaksIsClosedUntilItMayWork) {
    startUp();
    controller.trouble(std::make_exception_ptr(Error(ErrorCode::BackendUnavailable, "dnsmasq is missing")));
    machine.settle();
    EXPECT_EQ(machine.takeJournal(), downSteps);
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_EQ(screen.status().lastError,
              (LastError{"org.pikvm.OtgNet.Error.BackendUnavailable", "dnsmasq is missing"}));
    controller.trouble(nullptr);
    machine.settle();
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, TroubleWithALinkThatIsGoneIsNone) {
    files.base.config.ethernet.enabled = false;
    start();
    controller.trouble(std::make_exception_ptr(Error(ErrorCode::BackendUnavailable, "late")));
    machine.settle();
    EXPECT_EQ(screen.status().state, State::disabled);
}

TEST_F(ControllerTest, ControllerThatGoesAwayClosesAndComesBack) {
    startUp();
    plugHost();
    screen.takeSignals();
    machine.failures.emplace("put gadget", Error(ErrorCode::NoController, "none"));
    udcIs("", "", "");
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_EQ(screen.takeSignals(), Lines{"detached dummy_udc.0 unbound"});
    machine.failures.clear();
    udcIs("dummy_udc.0", "not attached", "");
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, FlushedFirewallIsPutUpAgainAtOnce) {
    startUp();
    controller.firewallLost();
    EXPECT_EQ(machine.journal, Lines{"put firewall"});
    machine.settle();
    EXPECT_EQ(machine.journal, Lines{"put firewall"});
}

TEST_F(ControllerTest, AFirewallFlushedOnTheWayUpIsBackBeforeTheBind) {
    files.base.config.ethernet.enabled = false;
    start();
    machine.takeJournal();
    Outcome outcome;
    controller.enable(into(outcome));
    EXPECT_EQ(machine.journal, (Lines{"put firewall", "publish"}));
    controller.firewallLost();
    EXPECT_EQ(machine.journal.back(), "put firewall");
    machine.settle();
    EXPECT_EQ(outcome.error, "");
}

TEST_F(ControllerTest, WithoutAFirewallNothingIsBound) {
    files.base.config.ethernet.enabled = false;
    start();
    Outcome outcome;
    controller.enable(into(outcome));
    machine.takeJournal();
    machine.failures.emplace("put firewall", Error(ErrorCode::Firewall, "no"));
    controller.firewallLost();
    machine.settle();
    EXPECT_EQ(outcome.error, "org.pikvm.OtgNet.Error.Firewall");
    EXPECT_EQ(machine.journal, Lines{"put firewall"} + downSteps);
}

TEST_F(ControllerTest, AFirewallThatCannotComeBackTakesTheGadgetDown) {
    startUp();
    machine.failures.emplace("put firewall", Error(ErrorCode::Firewall, "no"));
    controller.firewallLost();
    machine.settle();
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_FALSE(machine.gadget);
}

TEST_F(ControllerTest, AGadgetThatSomebodyUnbindsIsBoundAgain) {
    startUp();
    machine.gadget.reset(); // configfs says so, too
    udcIs("dummy_udc.0", "not attached", "");
    EXPECT_EQ(machine.takeJournal(), (Lines{"put gadget", "settle"}));
    EXPECT_TRUE(machine.gadget);
}

TEST_F(ControllerTest, AnOldReportOfTheControllerUnbindsNothing) {
    startUp();
    udcIs("dummy_udc.0", "not attached", "");
    EXPECT_EQ(machine.takeJournal(), Lines{});
}

TEST_F(ControllerTest, OverlapThatIsThereBeforeTheStartIsRefused) {
    look.onFollow = [this] { controller.foreignNetworksChanged({{"eth0", *Cidr4::parse("172.30.0.0/16")}}); };
    start();
    EXPECT_EQ(screen.status().lastError.name, "org.pikvm.OtgNet.Error.Conflict");
    EXPECT_EQ(machine.takeJournal(), downSteps);
}

TEST_F(ControllerTest, ANameThatSomebodyElseWasFasterWithIsTriedAgain) {
    files.base.config.ethernet.enabled = false;
    start();
    machine.takeJournal();
    Outcome outcome;
    controller.enable(into(outcome));
    machine.ifname = "usb1"; // of the gadget that is about to be bound, and what the next one will be called
    machine.settle();
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(machine.takeJournal(), (Lines{"put firewall", "publish", "put gadget"}) + downSteps + upSteps);
    EXPECT_EQ(firewall.last->ifname.text(), "usb1");
}

TEST_F(ControllerTest, OverlapThatComesLaterCloses) {
    startUp();
    controller.foreignNetworksChanged({{"eth0", *Cidr4::parse("172.30.0.0/16")}});
    machine.settle();
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_EQ(screen.status().lastError.name, "org.pikvm.OtgNet.Error.Conflict");
    EXPECT_NE(screen.status().lastError.text.find("eth0"), std::string::npos);
    controller.foreignNetworksChanged({});
    machine.settle();
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, ReloadOfABadFileKeepsTheLastGoodConfiguration) {
    startUp();
    files.broken.emplace("otgnet/iface/net", Place{"/etc/kvmd/override.yaml", 3}, "nonsense");
    EXPECT_EQ(call(&Controller::reload).error, "org.pikvm.OtgNet.Error.InvalidConfig");
    EXPECT_EQ(machine.journal, Lines{});
    EXPECT_EQ(screen.status().state, State::waiting);
    EXPECT_EQ(screen.status().lastError.name, "org.pikvm.OtgNet.Error.InvalidConfig");
    EXPECT_EQ(call(&Controller::enable).error, "");
    EXPECT_EQ(screen.status().lastError.name, "org.pikvm.OtgNet.Error.InvalidConfig") << "the file is still bad";
    files.broken.reset();
    EXPECT_EQ(call(&Controller::reload).error, "");
    EXPECT_EQ(screen.status().lastError, LastError{});
}

TEST_F(ControllerTest, ReloadOfFilesThatNobodyHasTouchedReadsNothing) {
    startUp();
    files.current = true;
    files.broken.emplace("otgnet/iface/net", Place{"/etc/kvmd/override.yaml", 3}, "read");
    const int looks = look.looks;
    EXPECT_EQ(call(&Controller::reload).error, "");
    EXPECT_EQ(look.looks, looks);
    EXPECT_EQ(machine.journal, Lines{});
}

TEST_F(ControllerTest, ReloadOfFilesThatNobodyHasTouchedTriesAnewWhatHasFailed) {
    machine.failures.emplace("publish", Error(ErrorCode::BackendUnavailable, "no manager"));
    start();
    EXPECT_EQ(screen.status().state, State::failed);
    files.current = true;
    machine.failures.clear();
    EXPECT_EQ(call(&Controller::reload).error, "");
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, BadFileAtStartFailsClosed) {
    files.broken.emplace("otgnet/iface/net", Place{"/etc/kvmd/override.yaml", 3}, "nonsense");
    start();
    EXPECT_EQ(machine.takeJournal(), downSteps);
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_EQ(screen.status().lastError.name, "org.pikvm.OtgNet.Error.InvalidConfig");
    files.broken.reset();
    EXPECT_EQ(call(&Controller::reload).error, "");
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, SetConfigAppliesTheDifferenceOnly) {
    startUp();
    EXPECT_EQ(set({{"otgnet/firewall/allow_icmp", flag(true)}}).error, "");
    EXPECT_EQ(machine.takeJournal(), Lines{"put firewall"});
    EXPECT_TRUE(firewall.last->allowIcmp);
    EXPECT_TRUE(files.disk.empty());
    EXPECT_EQ(screen.states(), (std::vector{State::stopping, State::starting, State::waiting}));
}

TEST_F(ControllerTest, SetConfigIsAllOrNothing) {
    startUp();
    EXPECT_EQ(set({{"otgnet/firewall/allow_icmp", flag(true)}, {"otgnet/nonsense", flag(true)}}).error,
              "org.pikvm.OtgNet.Error.InvalidConfig");
    EXPECT_EQ(machine.takeJournal(), Lines{});
    EXPECT_FALSE(screen.status().allowIcmp);
}

TEST_F(ControllerTest, SetConfigThatIsRefusedTouchesNothing) {
    startUp();
    plugHost();
    controller.foreignNetworksChanged({{"eth0", *Cidr4::parse("10.0.0.0/8")}});
    screen.takeSignals();
    const std::size_t shown = screen.shown.size();
    EXPECT_EQ(set({{"otgnet/iface/net", text("10.1.0.0/24")}}, true).error, "org.pikvm.OtgNet.Error.Conflict");
    EXPECT_EQ(screen.shown.size(), shown);
    EXPECT_EQ(screen.takeSignals(), Lines{});
    EXPECT_EQ(machine.takeJournal(), Lines{});
    EXPECT_EQ(screen.status().network, "172.30.30.0/24");
    EXPECT_EQ(screen.status().state, State::attached);
    EXPECT_TRUE(files.disk.empty());
}

TEST_F(ControllerTest, SetConfigThatFailsHalfWayIsTakenBack) {
    files.base.config.ethernet.enabled = false;
    start();
    call(&Controller::enable);
    machine.takeJournal();
    machine.failures.emplace("publish", Error(ErrorCode::BackendUnavailable, "no"));
    Outcome outcome;
    controller.setConfig({{"otgnet/iface/net", text("10.1.0.0/24")}, {"otg/devices/ethernet/enabled", flag(true)}},
                         true, into(outcome));
    machine.failures.clear(); // it was a matter of the moment
    machine.settle();
    EXPECT_EQ(outcome.error, "org.pikvm.OtgNet.Error.BackendUnavailable");
    EXPECT_EQ(screen.status().network, "172.30.30.0/24");
    EXPECT_EQ(screen.status().state, State::waiting) << "it was enabled by a call, and is so again";
    EXPECT_EQ(firewall.last->network.text(), "172.30.30.0/24");
    EXPECT_TRUE(files.disk.empty());
}

TEST_F(ControllerTest, SetConfigMayMendOrLeaveWhatWasBroken) {
    controller.foreignNetworksChanged(
        {{"eth0", *Cidr4::parse("172.16.0.0/12")}, {"eth1", *Cidr4::parse("10.0.0.0/8")}});
    start();
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_EQ(set({{"otgnet/firewall/allow_icmp", flag(true)}}).error, "") << "the old trouble is not its fault";
    EXPECT_EQ(set({{"otgnet/iface/net", text("10.1.0.0/24")}}).error, "org.pikvm.OtgNet.Error.Conflict") << "this is";
    EXPECT_EQ(set({{"otgnet/iface/net", text("192.168.7.0/24")}}).error, "");
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, SetConfigIsNoReload) {
    startUp();
    files.base.config.ethernet.driver = Driver::ecm; // edited, but not reloaded
    files.broken.emplace("otgnet/iface/net", Place{"/etc/kvmd/override.yaml", 3}, "half-edited");
    EXPECT_EQ(set({{"otgnet/firewall/allow_icmp", flag(true)}}).error, "");
    EXPECT_EQ(machine.takeJournal(), Lines{"put firewall"});
    EXPECT_EQ(screen.status().driver, "ncm");
}

TEST_F(ControllerTest, AKeyThatIsNotThereCannotBeReset) {
    startUp();
    Outcome outcome;
    controller.resetConfig({"otgnet/nonsense"}, false, into(outcome));
    EXPECT_EQ(outcome.error, "org.pikvm.OtgNet.Error.InvalidConfig");
}

TEST_F(ControllerTest, ResetWorksWithoutAConfiguration) {
    files.broken.emplace("otg/devices/ethernet/kvm_mac", Place{"/var/lib/otgnet/settings.yaml", 3}, "the same address");
    start();
    EXPECT_EQ(screen.status().state, State::failed);
    files.read = files.base; // without the key, everything is well
    Outcome outcome;
    controller.resetConfig({"otg/devices/ethernet/kvm_mac"}, true, into(outcome));
    machine.settle();
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(screen.status().state, State::waiting);
    EXPECT_EQ(screen.status().lastError, LastError{});
}

TEST_F(ControllerTest, PersistOnAReadOnlyDiskChangesNothing) {
    startUp();
    files.readOnly = true;
    EXPECT_EQ(set({{"otgnet/firewall/allow_icmp", flag(true)}}, true).error, "org.pikvm.OtgNet.Error.ReadOnly");
    EXPECT_EQ(machine.takeJournal(), Lines{});
    EXPECT_FALSE(screen.status().allowIcmp);
}

TEST_F(ControllerTest, AnotherNetworkReplugsAndEndsLeases) {
    startUp();
    plugHost();
    controller.leases({{{*Ipv4::parse("172.30.30.2"), {}, "pc", never}}, true});
    screen.takeSignals();
    EXPECT_EQ(set({{"otgnet/iface/net", text("10.1.0.0/24")}}).error, "");
    EXPECT_EQ(machine.takeJournal(), (Lines{"put firewall", "publish", "replug", "settle"}));
    const Lines signals = screen.takeSignals();
    EXPECT_EQ(std::count(signals.begin(), signals.end(), "removed 172.30.30.2 stopped"), 1);
    EXPECT_EQ(std::count(signals.begin(), signals.end(), "detached dummy_udc.0 unbound"), 1);
}

TEST_F(ControllerTest, EnabledKeyAndCallsTheLastWordCounts) {
    startUp();
    call(&Controller::disable);
    EXPECT_EQ(call(&Controller::reload).error, "");
    EXPECT_EQ(screen.status().state, State::disabled) << "a reload is not a word on it";
    set({{"otg/devices/ethernet/enabled", flag(false)}});
    set({{"otg/devices/ethernet/enabled", flag(true)}});
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, KvmdsGadgetIsWaitedForJoinedAndLeft) {
    machine.gadgets = {kvmdGadgetName};
    start();
    EXPECT_EQ(screen.status().state, State::failed) << "kvmd has not bound it yet";
    udcIs("dummy_udc.0", "not attached", kvmdGadgetName);
    EXPECT_EQ(screen.status().state, State::waiting);
    EXPECT_EQ(screen.status().gadget, kvmdGadgetName);

    machine.gadgets.clear();
    machine.gadget.reset();
    machine.takeJournal();
    udcIs("dummy_udc.0", "not attached", "");
    EXPECT_EQ(screen.status().state, State::failed) << "the controller is kvmd's: we wait";
    EXPECT_EQ(machine.takeJournal(), downSteps);

    machine.gadgets = {kvmdGadgetName};
    controller.gadgetsChanged();
    machine.settle();
    udcIs("dummy_udc.0", "not attached", kvmdGadgetName);
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, KvmdsGadgetOnAnotherControllerThanConfiguredIsJoined) {
    machine.gadgets = {kvmdGadgetName};
    start();
    EXPECT_EQ(screen.status().state, State::failed);
    machine.bound = kvmdGadgetName; // what is on the one that is configured stays ""
    controller.gadgetsChanged();
    machine.settle();
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, OursSwitchedOffInKvmdsGadgetIsAWarningAndNoHost) {
    machine.gadgets = {kvmdGadgetName};
    start();
    udcIs("dummy_udc.0", "not attached", kvmdGadgetName);
    UdcFacts facts;
    facts.udc = "dummy_udc.0";
    facts.gadget = kvmdGadgetName;
    facts.state = "configured";
    controller.linkChanged({"usb0", 3, true});
    machine.takeJournal();

    facts.withoutUs = true;
    facts.notices = ++notices;
    controller.udcChanged(facts);
    EXPECT_EQ(screen.status().state, State::waiting);
    ASSERT_EQ(screen.status().warnings.size(), 1U);
    EXPECT_NE(screen.status().warnings.front().find("kvmd-otgconf -e"), std::string::npos);

    facts.withoutUs = false;
    facts.notices = ++notices;
    controller.udcChanged(facts);
    EXPECT_EQ(screen.status().state, State::attached);
    EXPECT_TRUE(screen.status().warnings.empty());
    EXPECT_EQ(machine.takeJournal(), Lines{}) << "nobody is fought";
}

TEST_F(ControllerTest, OwnGadgetMakesWayForKvmds) {
    startUp();
    machine.gadgets = {kvmdGadgetName};
    controller.gadgetsChanged();
    machine.settle();
    EXPECT_EQ(machine.takeJournal(), downSteps);
    udcIs("dummy_udc.0", "not attached", kvmdGadgetName);
    EXPECT_EQ(screen.status().gadget, kvmdGadgetName);
}

/// A flood of callers must not keep the service from mending itself, then and later.
TEST_F(ControllerTest, AFloodHindersNoAnotherTry) {
    startUp();
    std::vector<Outcome> outcomes(100);
    for (Outcome& outcome : outcomes)
        controller.replug(into(outcome));
    machine.failures.emplace("put gadget", Error(ErrorCode::NoController, "none"));
    udcIs("", "", "");
    EXPECT_EQ(screen.status().state, State::failed);
    machine.failures.clear();
    udcIs("dummy_udc.0", "not attached", "");
    EXPECT_EQ(screen.status().state, State::waiting);
}

TEST_F(ControllerTest, ReplugBindsNothingWithoutAFirewall) {
    startUp();
    Outcome first;
    Outcome second;
    controller.replug(into(first));
    controller.replug(into(second));
    machine.failures.emplace("put firewall", Error(ErrorCode::Firewall, "because"));
    controller.firewallLost();
    machine.settle();
    EXPECT_EQ(second.error, "org.pikvm.OtgNet.Error.Firewall");
    EXPECT_EQ(screen.status().state, State::failed);
    EXPECT_EQ(std::ranges::count(machine.journal, "replug"), 1);
}

TEST_F(ControllerTest, AFloodOfRequestsIsRefused) {
    startUp();
    std::vector<Outcome> outcomes(100);
    for (Outcome& outcome : outcomes)
        controller.replug(into(outcome));
    machine.settle();
    const auto busy = [](const Outcome& o) { return o.error == "org.pikvm.OtgNet.Error.Busy"; };
    const auto answered = [](const Outcome& o) { return o.answered; };
    EXPECT_TRUE(std::all_of(outcomes.begin(), outcomes.end(), answered));
    EXPECT_GT(std::count_if(outcomes.begin(), outcomes.end(), busy), 0);
}

TEST_F(ControllerTest, EndOfTheProcessTakesEverythingDown) {
    startUp();
    EXPECT_EQ(call(&Controller::stop).error, "");
    EXPECT_EQ(machine.takeJournal(), downSteps);
    udcIs("another", "not attached", "");
    EXPECT_EQ(machine.takeJournal(), Lines{});
    EXPECT_EQ(call(&Controller::enable).error, "org.pikvm.OtgNet.Error.Busy");
    EXPECT_EQ(machine.takeJournal(), Lines{});
}

TEST_F(ControllerTest, EndOfTheProcessComesBeforeWhateverWaits) {
    startUp();
    std::vector<Outcome> outcomes(40);
    for (Outcome& outcome : outcomes)
        controller.replug(into(outcome));
    Outcome end;
    controller.stop(into(end));
    machine.settle();
    EXPECT_EQ(end.error, "");
    EXPECT_EQ(machine.takeJournal(), (Lines{"replug", "settle"}) + downSteps);
    EXPECT_TRUE(std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome& o) { return o.answered; }));
}

} // namespace
} // namespace otgnet
