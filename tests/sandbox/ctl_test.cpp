// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/fake_service.hpp"
#include "sandbox/world.hpp"

#include "base/file.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr const char* program = OTGNET_BINARY_DIR "/src/ctl/otgnetctl";

struct Outcome {
    int code = 0;
    std::string output; ///< stdout and stderr
};

Outcome otgnetctl(std::vector<std::string> arguments, const ProcessOptions& options = {}) {
    arguments.insert(arguments.begin(), program);
    Process process(arguments, options);
    const int code = process.wait();
    return {code, process.output()};
}

class Ctl : public ::testing::Test {
protected:
    World world_{{.cable = false}};
    std::unique_ptr<FakeService> service_ = FakeService::start(world_);
};

TEST_F(Ctl, StatusIsTheDefaultVerb) {
    service_->becomeOnline("testpc");
    const Outcome outcome = otgnetctl({});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, StartsWith("● usb0 online: testpc is at 172.30.30.83\n"));
    EXPECT_EQ(otgnetctl({"status"}).output, outcome.output);
}

TEST_F(Ctl, StatusAsJsonHasThePropertiesNames) {
    const Json status = Json::parse(otgnetctl({"--json"}).output);
    EXPECT_EQ(status.at("State"), "waiting");
    EXPECT_EQ(status.at("AllowTcp"), (Json{80, 443}));
    EXPECT_EQ(status.at("LastError"), (Json{{"name", ""}, {"text", ""}}));
    EXPECT_EQ(status.size(), 26U);
}

TEST_F(Ctl, AHostileHostNameSteersNoTerminal) {
    service_->becomeOnline("\x1b[2Jevil");
    EXPECT_THAT(otgnetctl({}).output, Not(HasSubstr("\x1b")));
    EXPECT_THAT(otgnetctl({"leases"}).output, HasSubstr("�[2Jevil"));
    EXPECT_THAT(otgnetctl({"leases", "--json"}).output, HasSubstr("\\u001b[2Jevil"));
}

TEST_F(Ctl, VerbsCallTheirMethods) {
    for (const char* verb : {"enable", "disable", "replug", "reload"}) {
        const Outcome outcome = otgnetctl({verb});
        EXPECT_EQ(outcome.code, 0);
        EXPECT_EQ(outcome.output, "");
    }
    EXPECT_THAT(service_->calls(), ElementsAre("Enable ask", "Disable ask", "Replug ask", "Reload ask"));
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
    const Outcome unknown = otgnetctl({"get", "otgnet/firewal"});
    EXPECT_EQ(unknown.code, 1);
    EXPECT_THAT(unknown.output, HasSubstr("\"otgnet/firewal\""));
}

TEST_F(Ctl, ResetNamesItsKeys) {
    EXPECT_EQ(otgnetctl({"reset"}).code, 0);
    EXPECT_EQ(otgnetctl({"reset", "otg/serial", "--persist"}).code, 0);
    EXPECT_THAT(service_->calls(), ElementsAre("ResetConfig ask", "ResetConfig otg/serial persist ask"));
}

TEST_F(Ctl, AllowAndDenyChangeTheList) {
    EXPECT_EQ(otgnetctl({"allow", "tcp", "22", "80"}).output, "otgnet/firewall/allow_tcp=22,80,443\n");
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
        const Outcome outcome = otgnetctl({verb, "tcp", "443", "--persist"});
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
                                                      {"allow"},
                                                      {"allow", "tcp"},
                                                      {"allow", "icmp", "1"},
                                                      {"allow", "sctp", "1"},
                                                      {"allow", "tcp", "0"},
                                                      {"allow", "tcp", "65536"}})
        EXPECT_EQ(otgnetctl(arguments).code, 2) << ::testing::PrintToString(arguments);
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
        const Outcome outcome = otgnetctl(arguments);
        EXPECT_EQ(outcome.code, 2);
        const Json error = Json::parse(outcome.output).at("error");
        EXPECT_EQ(error.at("name"), "org.freedesktop.DBus.Error.InvalidArgs") << error;
        EXPECT_NE(error.at("text"), "") << error;
    }
    EXPECT_THAT(otgnetctl({"--json", "--help"}).output, Not(StartsWith("{")));
}

TEST_F(Ctl, UsageErrorsNeedNoBus) {
    const ProcessOptions noBus{.environment = {"DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"}};
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"set", "novalue"}, {"allow", "tcp"}, {"deny", "icmp", "1"}, {"-H", "x", "doctor"}})
        EXPECT_EQ(otgnetctl(arguments, noBus).code, 2) << ::testing::PrintToString(arguments);
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
    const Outcome outcome = otgnetctl({"enable"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.output, "otgnetctl: there is no controller�\nTry: otgnetctl doctor\n");
    const Json error = Json::parse(otgnetctl({"enable", "--json"}).output).at("error");
    EXPECT_EQ(error.at("name"), "org.pikvm.OtgNet.Error.NoController");
}

TEST_F(Ctl, ServiceAwayIsOneWithAHint) {
    service_.reset();
    const Outcome outcome = otgnetctl({"status"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, HasSubstr("systemctl start otgnetd"));
}

TEST_F(Ctl, BusAwayIsOne) {
    const Outcome outcome = otgnetctl({"status"}, {.environment = {"DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"}});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, HasSubstr("otgnetctl: "));
}

TEST_F(Ctl, MonitorTellsSignalsInOrder) {
    Process monitor({program, "monitor"});
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
    Process monitor({program, "monitor"});
    monitor.expect("running=true");
    service_->becomeNewer();
    monitor.expect("PropertiesChanged  Moon=(of type a{sd}, ");
    service_->becomeOnline("testpc");
    monitor.expect("LeaseAdded  address=172.30.30.83");
}

TEST_F(Ctl, MonitorOutlivesTheService) {
    Process monitor({program, "monitor", "--json"});
    monitor.expect("\"running\":true");
    service_.reset();
    monitor.expect("\"running\":false");
    service_ = FakeService::start(world_);
    monitor.expect("\"running\":true");
    service_->becomeOnline("testpc");
    monitor.expect("\"event\":\"LeaseAdded\"");
}

TEST_F(Ctl, SpeaksWithAnotherMachineOverSsh) {
    writeFileAtomic("/run/sandbox/bin/ssh",
                    "#!/bin/sh\necho \"$@\" >/run/sandbox/ssh-arguments\nexec systemd-stdio-bridge\n", 0755,
                    ErrorCode::Failed);
    const ProcessOptions options{.environment = {"PATH=/run/sandbox/bin:/usr/bin:/bin:/usr/sbin:/sbin"}};
    EXPECT_THAT(otgnetctl({"-H", "root@pikvm", "status"}, options).output, StartsWith("● usb0 waiting"));
    EXPECT_THAT(readFileIfExists("/run/sandbox/ssh-arguments").value_or(""), HasSubstr("root@pikvm"));
}

TEST_F(Ctl, DoctorSeesTheServiceAndTheManager) {
    Process networkd = world_.startNetworkd();
    const Json report = Json::parse(otgnetctl({"doctor", "--json"}).output);
    const auto has = [&](const char* level, const char* about) {
        return std::any_of(report.at("findings").begin(), report.at("findings").end(), [&](const Json& finding) {
            return finding.at("level") == level && finding.at("about") == about;
        });
    };
    EXPECT_TRUE(has("fine", "service")) << report;
    EXPECT_TRUE(has("fine", "manager")) << report;
    EXPECT_TRUE(has("fine", "firewall")) << report;
    EXPECT_EQ(networkd.terminate(), 0);
    EXPECT_THAT(otgnetctl({"doctor"}).output, HasSubstr("systemctl enable --now systemd-networkd"));
    service_.reset();
    const Outcome outcome = otgnetctl({"doctor"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, HasSubstr("Try: systemctl enable --now otgnetd"));
}

TEST_F(Ctl, DoctorSeesWhoClosesTheDoor) {
    run({"nft", "add table ip filter; add chain ip filter INPUT { type filter hook input priority 0; policy drop; }"});
    EXPECT_THAT(otgnetctl({"doctor"}).output, HasSubstr("ip filter drops what otgnet opens"));
    run({"nft", "add rule ip filter INPUT iifname usb0 accept"});
    EXPECT_THAT(otgnetctl({"doctor"}).output, Not(HasSubstr("ip filter")));
}

/// kvmd-otgnet.service is a oneshot that leaves no trace on the disk while it is active.
TEST_F(Ctl, DoctorSeesWhatWasStartedByHand) {
    Process systemd({"/usr/bin/python3", OTGNET_SOURCE_DIR "/tests/sandbox/ctl_units.py", "kvmd-otgnet.service"});
    systemd.expect("ready");
    EXPECT_THAT(otgnetctl({"doctor"}).output, HasSubstr("Try: systemctl disable --now kvmd-otgnet.service\n"));
}

/// What the service would do is known while it does not run.
TEST_F(Ctl, DoctorReadsTheConfigurationOfAServiceThatIsAway) {
    service_.reset();
    const auto doctor = [](const char* configuration) {
        writeFileAtomic("/etc/kvmd/override.yaml", configuration, 0644, ErrorCode::Failed);
        return run({"sh", "-c", "PATH=" OTGNET_BINARY_DIR "/src:$PATH; " + std::string(program) + " doctor || :"});
    };
    run({"ip", "link", "add", "taken", "type", "veth"});
    run({"ip", "address", "add", "10.1.2.1/24", "dev", "taken"});
    run({"ip", "link", "set", "taken", "up"});
    EXPECT_THAT(doctor("otgnet: {iface: {net: 10.1.2.0/28}}"), HasSubstr("10.1.2.0/28 overlaps a network on taken"));
    EXPECT_THAT(doctor("otgnet: {iface: {net: 10.1.3.0/28}}"), HasSubstr("10.1.3.0/28 is ours alone"));
    EXPECT_THAT(doctor("otgnet: {iface: {net: none}}"), HasSubstr("/etc/kvmd/override.yaml:1: otgnet/iface/net: "));
}

TEST_F(Ctl, DoctorLooksAtOneMachineOnly) {
    EXPECT_EQ(otgnetctl({"-H", "pikvm", "doctor"}).code, 2);
    EXPECT_THAT(otgnetctl({"doctor", "--root", "/nonexistent"}).output, HasSubstr("controller"));
}

/// The agent for passwords lives as long as the call, for a person at a terminal who is not root.
TEST_F(Ctl, AsksForAPasswordOnATerminal) {
    writeFileAtomic("/run/sandbox/bin/pkttyagent",
                    "#!/bin/sh\necho agent \"$@\" for $(id -u)\nexec 3>&-\ntrap 'echo agent ended; exit' TERM\n"
                    "while :; do sleep 0.01; done\n",
                    0755, ErrorCode::Failed);
    std::filesystem::copy_file(program, "/run/sandbox/bin/otgnetctl"); // where everybody can read it
    const std::string command = "PATH=/run/sandbox/bin:$PATH; otgnetctl enable";
    const ProcessOptions nobody{.uid = 65534};
    EXPECT_EQ(run({"script", "-qec", command, "/dev/null"}, nobody),
              "agent --notify-fd 3 --fallback for 65534\r\nagent ended\r\n");
    EXPECT_EQ(run({"script", "-qec", command + " --json | grep agent", "/dev/null"}, nobody),
              "agent --notify-fd 3 --fallback for 65534\r\nagent ended\r\n")
        << "only input matters";
    EXPECT_EQ(run({"script", "-qec", command + " --no-ask-password", "/dev/null"}, nobody), "");
    EXPECT_EQ(run({"script", "-qec", command, "/dev/null"}), "") << "root needs none";
    EXPECT_EQ(run({"/run/sandbox/bin/otgnetctl", "enable"}, nobody), "") << "no terminal";
    EXPECT_THAT(service_->calls(), ElementsAre("Enable ask", "Enable ask", "Enable", "Enable ask", "Enable ask"));
}

TEST_F(Ctl, ColoursAreForTerminals) {
    EXPECT_THAT(otgnetctl({}).output, Not(HasSubstr("\x1b")));
    EXPECT_THAT(otgnetctl({}, {.environment = {"SYSTEMD_COLORS=1"}}).output, HasSubstr("\x1b[0;1;33m●"));
}

} // namespace
} // namespace otgnet::sandbox
