// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/ctl_fixture.hpp"

#include "base/file.hpp"

#include <nlohmann/json.hpp>

namespace otgnet::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

class Ctl : public CtlFixture {};

TEST_F(Ctl, StatusIsTheDefaultVerb) {
    service_->becomeOnline("testpc");
    const CtlOutcome outcome = otgnetctl({});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, StartsWith("● usb0 online: testpc is at 172.30.30.83 ("));
    EXPECT_EQ(otgnetctl({"status"}).output, outcome.output);
}

TEST_F(Ctl, StatusAsJsonHasThePropertiesNames) {
    const Json status = Json::parse(otgnetctl({"--json"}).output);
    EXPECT_EQ(status.at("State"), "waiting");
    EXPECT_EQ(status.at("AllowTcp"), (Json{80, 443}));
    EXPECT_EQ(status.at("LastError"), (Json{{"name", ""}, {"text", ""}}));
    EXPECT_EQ(status.size(), 27U);
}

TEST_F(Ctl, VerbsCallTheirMethods) {
    for (const char* verb : {"enable", "disable", "replug", "reload"}) {
        const CtlOutcome outcome = otgnetctl({verb});
        EXPECT_EQ(outcome.code, 0);
        EXPECT_EQ(outcome.output, "");
    }
    EXPECT_THAT(service_->calls(), ElementsAre("Enable ask", "Disable ask", "Replug ask", "Reload ask"));
}

/// {"verb": …} as the man page has it: the properties after what changes the state, the new values after the others.
TEST_F(Ctl, EveryChangeAnswersJsonIfAsked) {
    for (const char* verb : {"enable", "disable", "replug", "reload"})
        EXPECT_EQ(Json::parse(otgnetctl({verb, "--json"}).output).at("State"), "waiting") << verb;
    const auto answer = [](const std::vector<std::string>& arguments) {
        return Json::parse(otgnetctl(arguments).output);
    };
    EXPECT_EQ(answer({"allow", "tcp", "22", "--json"}), (Json{{"otgnet/firewall/allow_tcp", {22, 80, 443}}}));
    EXPECT_EQ(answer({"deny", "tcp", "22", "--json"}), (Json{{"otgnet/firewall/allow_tcp", {80, 443}}}));
    EXPECT_EQ(answer({"deny", "icmp", "--json"}), (Json{{"otgnet/firewall/allow_icmp", false}}));
    EXPECT_EQ(answer({"reset", "otg/serial", "--json"}), (Json{{"otg/serial", nullptr}}));
    EXPECT_EQ(answer({"reset", "--json"}).size(), 6U) << "all of them";
}

TEST_F(Ctl, NoAskPasswordForbidsTheQuestion) {
    otgnetctl({"--no-ask-password", "enable"});
    otgnetctl({"enable", "--no-ask-password"});
    EXPECT_THAT(service_->calls(), ElementsAre("Enable", "Enable"));
}

TEST_F(Ctl, SetSendsTheTypesInForce) {
    EXPECT_EQ(otgnetctl({"set", "otgnet/firewall/allow_tcp=22,80", "otgnet/firewall/allow_icmp=no",
                         "otg/devices/ethernet/driver=ecm", "--persist"})
                  .code,
              0);
    EXPECT_EQ(otgnetctl({"set", "otgnet/dhcp/dns=", "otg/serial=null"}).code, 0);
    EXPECT_THAT(service_->calls(), ElementsAre("SetConfig otg/devices/ethernet/driver=\"ecm\":s "
                                               "otgnet/firewall/allow_icmp=false:b "
                                               "otgnet/firewall/allow_tcp=[22,80]:ax persist ask",
                                               "SetConfig otg/serial=null:av otgnet/dhcp/dns=[]:as ask"));
}

TEST_F(Ctl, SetAnswersJsonWithWhatIsInForce) {
    EXPECT_EQ(Json::parse(otgnetctl({"set", "--json", "otgnet/firewall/allow_tcp=[22]"}).output),
              (Json{{"otgnet/firewall/allow_tcp", {22}}}));
}

TEST_F(Ctl, GetShowsValuesAndOrigins) {
    EXPECT_EQ(otgnetctl({"get", "otgnet/firewall/allow_tcp", "--no-legend"}).output,
              "otgnet/firewall/allow_tcp  80,443  /etc/kvmd/override.yaml:14\n");
    EXPECT_EQ(otgnetctl({"get", "--value", "otgnet/firewall"}).output, "true\n80,443\n[]\n");
    EXPECT_EQ(Json::parse(otgnetctl({"get", "--json", "otg/serial"}).output),
              (Json{{"otg/serial", {{"value", nullptr}, {"origin", "default"}}}}));
    EXPECT_EQ(Json::parse(otgnetctl({"get", "--json", "--value", "otg/serial", "otgnet/firewall/allow_tcp"}).output),
              (Json{{"otg/serial", nullptr}, {"otgnet/firewall/allow_tcp", {80, 443}}}));
    EXPECT_THAT(otgnetctl({"get"}).output, HasSubstr("\n6 keys.\n"));
    const CtlOutcome unknown = otgnetctl({"get", "otgnet/firewal"});
    EXPECT_EQ(unknown.code, 1);
    EXPECT_THAT(unknown.output, HasSubstr("\"otgnet/firewal\""));
}

TEST_F(Ctl, ResetNamesItsKeys) {
    EXPECT_EQ(otgnetctl({"reset"}).code, 0);
    EXPECT_EQ(otgnetctl({"reset", "otg/serial", "--persist"}).code, 0);
    EXPECT_EQ(otgnetctl({"reset", "otgnet/firewall"}).code, 0);
    EXPECT_THAT(service_->calls(), ElementsAre("ResetConfig ask", "ResetConfig otg/serial persist ask",
                                               "ResetConfig otgnet/firewall/allow_icmp otgnet/firewall/allow_tcp "
                                               "otgnet/firewall/allow_udp ask"));
}

TEST_F(Ctl, AllowAndDenyChangeTheList) {
    EXPECT_EQ(otgnetctl({"allow", "tcp", "22,80"}).output, "otgnet/firewall/allow_tcp=22,80,443\n");
    EXPECT_EQ(otgnetctl({"deny", "tcp", "80", "443", "--persist"}).output, "otgnet/firewall/allow_tcp=22\n");
    EXPECT_EQ(otgnetctl({"deny", "icmp"}).output, "otgnet/firewall/allow_icmp=false\n");
    EXPECT_THAT(service_->calls(), ElementsAre("SetConfig otgnet/firewall/allow_tcp=[22,80,443]:ax ask",
                                               "SetConfig otgnet/firewall/allow_tcp=[22]:ax persist ask",
                                               "SetConfig otgnet/firewall/allow_icmp=false:b ask"));
}

/// The list is sent as a whole: what was opened for a while must not be kept with it unseen.
TEST_F(Ctl, PersistsNothingThatWasMeantForAWhile) {
    service_->cameFrom("otgnet/firewall/allow_tcp", "runtime");
    for (const char* verb : {"allow", "deny"}) {
        const CtlOutcome outcome = otgnetctl({verb, "tcp", "443", "--persist"});
        EXPECT_EQ(outcome.code, 1);
        EXPECT_THAT(outcome.output, HasSubstr("otgnetctl set --persist otgnet/firewall/allow_tcp=80"));
        EXPECT_THAT(outcome.output, HasSubstr("otgnetctl reset otgnet/firewall/allow_tcp"));
    }
    EXPECT_THAT(service_->calls(), ElementsAre());
    service_->cameFrom("otgnet/firewall/allow_icmp", "runtime");
    EXPECT_EQ(otgnetctl({"allow", "icmp", "--persist"}).code, 0) << "a switch carries nothing else";
    service_->cameFrom("otgnet/firewall/allow_tcp", "settings");
    EXPECT_EQ(otgnetctl({"allow", "tcp", "22", "--persist"}).code, 0);
}

TEST_F(Ctl, UsageErrorsAreTwo) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"nonsense"},
                                                      {"--nonsense"},
                                                      {"set"},
                                                      {"set", "novalue"},
                                                      {"set", "otg/serial=1", "otg/serial=2"},
                                                      {"--host=", "status"},
                                                      {"-H", "", "disable"},
                                                      {"--host", "", "disable"},
                                                      {"doctor", "--root="},
                                                      {"doctor", "--root", ""},
                                                      {"get", ""},
                                                      {"reset", ""},
                                                      {"allow"},
                                                      {"allow", "tcp"},
                                                      {"allow", "icmp", "1"},
                                                      {"allow", "sctp", "1"},
                                                      {"allow", "tcp", "0"},
                                                      {"allow", "tcp", "65536"}})
        EXPECT_EQ(otgnetctl(arguments).code, 2) << ::testing::PrintToString(arguments);
    EXPECT_THAT(service_->calls(), ElementsAre());
}

TEST_F(Ctl, WhatIsNoPortIsNamed) {
    EXPECT_EQ(otgnetctl({"allow", "tcp", "80,22-25"}).output, "otgnetctl: \"22-25\" is not a port (1 to 65535)\n");
    EXPECT_EQ(otgnetctl({"allow", "tcp", "0x50"}).code, 2);
    EXPECT_THAT(service_->calls(), ElementsAre());
}

/// A program that reads JSON gets JSON, whatever it did wrong.
TEST_F(Ctl, UsageErrorsAreJsonForPrograms) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--json", "nonsense"},
                                                      {"--json", "--nonsense"},
                                                      {"set", "--json"},
                                                      {"set", "--json", "novalue"},
                                                      {"allow", "tcp", "--json"},
                                                      {"allow", "tcp", "0", "--json"}}) {
        const CtlOutcome outcome = otgnetctl(arguments);
        EXPECT_EQ(outcome.code, 2);
        const Json error = Json::parse(outcome.output).at("error");
        EXPECT_EQ(error.at("name"), "org.freedesktop.DBus.Error.InvalidArgs") << error;
        EXPECT_NE(error.at("text"), "") << error;
    }
    EXPECT_THAT(otgnetctl({"--json", "--help"}).output, Not(StartsWith("{")));
    EXPECT_THAT(otgnetctl({"set"}).output,
                AllOf(StartsWith("otgnetctl: SETTING is required\n"), EndsWith("\nTry: otgnetctl set --help\n")));
    EXPECT_THAT(otgnetctl({"nonsense"}).output, EndsWith("\nTry: otgnetctl --help\n"));
}

TEST_F(Ctl, UsageErrorsNeedNoBus) {
    const ProcessOptions noBus{.environment = {"DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"}};
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"set", "novalue"}, {"allow", "tcp"}, {"deny", "icmp", "1"}, {"-H", "x", "doctor"}})
        EXPECT_EQ(otgnetctl(arguments, noBus).code, 2) << ::testing::PrintToString(arguments);
}

TEST_F(Ctl, DoctorSaysHowToCallOneElsewhere) {
    EXPECT_EQ(otgnetctl({"-H", "root@pikvm:2222", "doctor"}).output,
              "otgnetctl: the doctor looks at the machine it runs on: ssh -p 2222 root@pikvm otgnetctl doctor\n");
}

TEST_F(Ctl, HelpAndVersionAreDone) {
    EXPECT_EQ(otgnetctl({"--help"}).code, 0);
    EXPECT_EQ(otgnetctl({"set", "--help"}).code, 0);
    EXPECT_THAT(otgnetctl({"--version"}).output, StartsWith("otgnetctl "));
}

TEST_F(Ctl, NotAuthorizedIsSeventySeven) {
    for (const char* name :
         {"org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"}) {
        service_->failWith(name, "no");
        EXPECT_EQ(otgnetctl({"enable"}).code, 77);
        EXPECT_EQ(otgnetctl({"set", "otg/serial=x"}).code, 77);
    }
}

TEST_F(Ctl, FailuresTellTheServicesText) {
    service_->failWith("org.pikvm.OtgNet.Error.NoController", "there is no controller\x1b");
    const CtlOutcome outcome = otgnetctl({"enable"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.output, "otgnetctl: there is no controller�\nTry: otgnetctl doctor\n");
    const Json error = Json::parse(otgnetctl({"enable", "--json"}).output).at("error");
    EXPECT_EQ(error.at("name"), "org.pikvm.OtgNet.Error.NoController");
}

TEST_F(Ctl, ServiceAwayIsOneWithAHint) {
    service_.reset();
    const CtlOutcome outcome = otgnetctl({"status"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, HasSubstr("systemctl start otgnetd"));
}

/// Whom the bus can start, by a command that leaves a mark.
TEST_F(Ctl, LookingStartsNoService) {
    service_.reset();
    const std::string mark = "/run/sandbox/started";
    writeFileAtomic("/run/sandbox/services/org.pikvm.OtgNet.service",
                    "[D-BUS Service]\nName=org.pikvm.OtgNet\nUser=root\nExec=/bin/sh -c \"touch " + mark +
                        "; exit 1\"\n",
                    0644, ErrorCode::Failed);
    writeFileAtomic("/run/dbus/system.d/services.conf",
                    "<busconfig><servicedir>/run/sandbox/services</servicedir></busconfig>\n", 0644, ErrorCode::Failed);
    world_.installPolicies(); // and the bus reads its configuration again
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                      {"status"},
                                                      {"leases"},
                                                      {"get"},
                                                      {"get", "--keys"},
                                                      {"get", "--choices", "otg/devices/ethernet/driver"}}) {
        const CtlOutcome outcome = otgnetctl(arguments);
        EXPECT_EQ(outcome.code, 1);
        EXPECT_EQ(outcome.output, "otgnetctl: the otgnet service is not running\nTry: systemctl start otgnetd\n");
        EXPECT_FALSE(std::filesystem::exists(mark)) << ::testing::PrintToString(arguments);
    }
    otgnetctl({"enable"});
    EXPECT_TRUE(std::filesystem::exists(mark));
}

/// Owns the name and answers nothing, as a service that was stopped.
TEST_F(Ctl, WaitsLongOnlyForWhatChangesSomething) {
    service_.reset();
    auto hung = world_.connect();
    hung->requestName(ServiceName{"org.pikvm.OtgNet"});
    const ProcessOptions impatient{.environment = {"SYSTEMD_BUS_TIMEOUT=1s"}};
    Process enable({ctlProgram, "enable"}, impatient);
    for (const char* verb : {"status", "get"}) {
        const CtlOutcome outcome = otgnetctl({verb}, impatient);
        EXPECT_EQ(outcome.code, 1);
        EXPECT_EQ(outcome.output, "otgnetctl: the otgnet service does not answer: Connection timed out\n"
                                  "Try: journalctl -u otgnetd\n");
    }
    hung.reset();
    EXPECT_EQ(enable.wait(), 1);
    EXPECT_THAT(enable.output(), Not(HasSubstr("timed out")));
}

TEST_F(Ctl, BusAwayIsOne) {
    const CtlOutcome outcome =
        otgnetctl({"status"}, {.environment = {"DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"}});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, StartsWith("otgnetctl: the system bus cannot be reached: "));
}

TEST_F(Ctl, MonitorTellsSignalsInOrder) {
    Process monitor({ctlProgram, "monitor"});
    monitor.expect("Service  running=true  State=waiting");
    service_->becomeOnline("p\x1b"
                           "c");
    monitor.expect("PropertiesChanged  Leases=");
    monitor.expect("  State=online");
    monitor.expect("HostAttached  udc=dummy_udc.0  speed=high-speed");
    monitor.expect("LeaseAdded  address=172.30.30.83");
    monitor.expect("hostname=p�c");
}

TEST_F(Ctl, MonitorOutlivesAnUpgradeOfTheService) {
    Process monitor({ctlProgram, "monitor"});
    monitor.expect("running=true");
    service_->becomeNewer();
    monitor.expect("PropertiesChanged  Moon=(of type a{sd}, ");
    service_->becomeOnline("testpc");
    monitor.expect("LeaseAdded  address=172.30.30.83");
}

TEST_F(Ctl, MonitorOutlivesTheService) {
    Process monitor({ctlProgram, "monitor", "--json"});
    monitor.expect("\"running\":true");
    service_.reset();
    monitor.expect("\"running\":false");
    service_ = FakeService::start(world_);
    monitor.expect("\"running\":true");
    service_->becomeOnline("testpc");
    monitor.expect("\"event\":\"LeaseAdded\"");
}

/// The code of a command line of the shell, with what a service of systemd has: SIGPIPE ignored.
CtlOutcome shell(const std::string& command) {
    Process process({"bash", "-c", "trap '' PIPE; CTL=" + std::string(ctlProgram) + "; " + command});
    const int code = process.wait();
    return {code, process.output()};
}

TEST_F(Ctl, OutputThatCannotBeWrittenIsAFailure) {
    const std::string full = "otgnetctl: cannot write the output: No space left on device; make room on it\n";
    for (const std::string arguments : {"status", "get --value", "--help", "set --help", "--version", "monitor"}) {
        const CtlOutcome outcome = shell("$CTL " + arguments + " >/dev/full");
        EXPECT_EQ(outcome.code, 1) << arguments;
        EXPECT_EQ(outcome.output, full) << arguments;
    }
    for (const std::string arguments : {"status", "monitor", "leases"})
        EXPECT_EQ(shell("$CTL --json " + arguments + " >/dev/full").output, full) << arguments;
}

TEST_F(Ctl, MonitorEndsWithItsReader) {
    Process monitor({"bash", "-c", "trap '' PIPE; " + std::string(ctlProgram) + " monitor | head -1; echo ended"});
    monitor.expect("running=true");
    service_->becomeOnline("testpc");
    monitor.expect("ended");
}

/// An ssh that does what the script says.
ProcessOptions sshThat(const std::string& script) {
    writeFileAtomic("/run/sandbox/bin/ssh", "#!/bin/sh\n" + script + "\n", 0755, ErrorCode::Failed);
    return {.environment = {"PATH=/run/sandbox/bin:/usr/bin:/bin:/usr/sbin:/sbin"}};
}

TEST_F(Ctl, MonitorSaysThatTheBusIsGone) {
    Process text({ctlProgram, "monitor"});
    Process json({ctlProgram, "monitor", "--json"});
    Process remote({ctlProgram, "monitor", "-H", "root@pikvm"}, sshThat("exec systemd-stdio-bridge"));
    for (Process* monitor : {&text, &json, &remote})
        monitor->expect("running");
    service_.reset();
    world_.stopBus();
    for (Process* monitor : {&text, &json, &remote})
        EXPECT_EQ(monitor->wait(), 1);
    EXPECT_THAT(text.output(), HasSubstr("\notgnetctl: the system bus cannot be reached: the bus is gone: "));
    EXPECT_THAT(text.output(), EndsWith("\nTry: systemctl status dbus\n"));
    EXPECT_THAT(remote.output(), HasSubstr("\notgnetctl: the system bus of root@pikvm cannot be reached: "));
    const std::string lines = json.output();
    const Json last = Json::parse(lines.substr(lines.rfind('\n', lines.size() - 2) + 1));
    EXPECT_EQ(last.at("error").at("name"), "org.freedesktop.DBus.Error.NoServer");
}

TEST_F(Ctl, SpeaksWithAnotherMachineOverSsh) {
    const auto options = sshThat("echo \"$@\" >/run/sandbox/ssh-arguments\nexec systemd-stdio-bridge");
    EXPECT_THAT(otgnetctl({"-H", "root@pikvm", "status"}, options).output, StartsWith("● usb0 waiting"));
    EXPECT_THAT(readFileIfExists("/run/sandbox/ssh-arguments").value_or(""), HasSubstr("root@pikvm"));
}

TEST_F(Ctl, SaysWhichMachineCannotBeReached) {
    const auto options = sshThat("exit 255");
    for (const char* verb : {"status", "enable", "monitor"}) {
        const CtlOutcome outcome = otgnetctl({"-H", "root@pikvm", verb}, options);
        EXPECT_EQ(outcome.code, 1);
        EXPECT_THAT(outcome.output, StartsWith("otgnetctl: the system bus of root@pikvm cannot be reached: "));
        EXPECT_THAT(outcome.output, HasSubstr("\nTry: ssh root@pikvm systemd-stdio-bridge </dev/null\n"));
    }
}

} // namespace
} // namespace otgnet::sandbox
