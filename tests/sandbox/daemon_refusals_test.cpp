// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the real otgnetd refuses while it stands, and that it goes on as if nobody had called.

#include "sandbox/bus_client.hpp"
#include "sandbox/remote_caller.hpp"
#include "sandbox/stage.hpp"
#include "sandbox/system_call.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace otgnet::sandbox {
namespace {

using ::testing::HasSubstr;

constexpr const char* enabled = "otg: {devices: {ethernet: {enabled: true, driver: ncm}}}\n";
constexpr const char* portsKey = "otgnet/firewall/allow_tcp";
constexpr uid_t nobody = 65534;

class DaemonRefusals : public ::testing::Test {
protected:
    ctl::Service& call() { return stage_.call(); }
    Caller& caller() { return stage_.daemon.caller(); }

    void setPorts(const std::string& ports, bool persist) {
        call().SetConfig({{portsKey, sdbus::Variant{ports}}}, persist);
    }

    /// The service goes on as if nobody had called.
    void expectUntouched(const Machine& before, const std::string& originOfPorts = "default") {
        EXPECT_EQ(call().State(), "waiting");
        EXPECT_EQ(std::get<0>(call().LastError()), "");
        EXPECT_EQ(call().GetConfigOrigins().at(portsKey), originOfPorts);
        EXPECT_EQ(Machine(stage_), before);
    }

    Stage stage_{enabled};
};

TEST_F(DaemonRefusals, BadSettingsAreNamedAndChangeNothing) {
    caller().untilState("waiting");
    const Machine before(stage_);
    for (const bool persist : {false, true})
        expectFailure(failureOf([&] { setPorts("99999", persist); }), "InvalidConfig", {portsKey, "'99999'"});
    expectFailure(failureOf([&] { call().ResetConfig({"otgnet/nonsense"}, false); }), "InvalidConfig",
                  {"otgnet/nonsense", "unknown key"});
    expectUntouched(before);
}

TEST_F(DaemonRefusals, AReadOnlyDiskIsNamedAndNothingChanges) {
    caller().untilState("waiting");
    setPorts("443", true);
    const Machine before(stage_);
    makeReadOnly("/var/lib/otgnet");
    const std::vector<std::string> words{"/var/lib/otgnet/", "settings.yaml", "Read-only file system"};
    expectFailure(failureOf([&] { setPorts("22", true); }), "ReadOnly", words);
    expectFailure(failureOf([&] { call().ResetConfig({}, true); }), "ReadOnly", words);
    expectUntouched(before, "settings");
    setPorts("22", false); // needs no disk
    EXPECT_EQ(call().GetConfigOrigins().at(portsKey), "runtime");
}

TEST_F(DaemonRefusals, AReplugThatFailsCloses) {
    caller().untilState("waiting");
    stage_.daemon.kernel().fail(1, EIO);
    const Failure failure = failureOf([&] { call().Replug(); });
    expectFailure(failure, "KernelSupport", {"/usb_gadget/otgnet/UDC", "Input/output error"});
    EXPECT_EQ(call().State(), "failed");
    EXPECT_EQ(std::get<1>(call().LastError()), failure.text);
    EXPECT_EQ(rules(), "");
    EXPECT_EQ(stage_.daemon.kernel().tree(), KernelTree());
}

TEST_F(DaemonRefusals, AReplugOfNothingFails) {
    call().Disable();
    const Failure failure = failureOf([&] { call().Replug(); });
    EXPECT_EQ(failure.name, "org.freedesktop.DBus.Error.Failed");
    EXPECT_THAT(failure.text, HasSubstr("call Enable first"));
    EXPECT_EQ(call().State(), "disabled");
}

TEST_F(DaemonRefusals, ATableInForeignHandsClosesAndStays) {
    caller().untilState("waiting");
    const Process owner = holdTable("delete table inet otgnet; ");
    caller().untilState("failed");
    EXPECT_EQ(std::get<0>(call().LastError()), "org.pikvm.OtgNet.Error.Firewall");
    EXPECT_EQ(stage_.daemon.kernel().tree(), KernelTree());
    expectFailure(failureOf([&] { call().Disable(); }), "Firewall", {"table inet otgnet", "Operation not permitted"});
}

TEST_F(DaemonRefusals, AQueueHasAnEnd) {
    constexpr std::size_t places = 32;
    constexpr std::size_t tooMany = 3;
    checked(::mkfifo("/run/gate", 0600), "make a gate");
    call().Disable();
    Daemon::configure(std::string(enabled) +
                      "otgnet: {commands: {pre_start_cmd: [/bin/sh, -c, 'read x < /run/gate']}}\n");
    std::vector<std::unique_ptr<BusClient>> clients; // one connection may not have so many calls under way
    std::vector<std::shared_ptr<Outcome>> calls;
    const auto send = [&](const char* method) {
        clients.push_back(std::make_unique<BusClient>());
        calls.push_back(clients.back()->send(clients.back()->call(method)));
    };
    const auto answered = [&] {
        return std::count_if(calls.begin(), calls.end(), [](const auto& call) { return call->reply != nullptr; });
    };
    call().Reload();
    send("Enable");
    caller().untilState("starting");
    for (std::size_t i = 0; i < places + tooMany; ++i)
        send("Reload");
    loopUntil([&] { return answered() == tooMany; }, "the answer to those who find no place");
    for (const auto& call : calls)
        if (call->reply)
            expectFailure({call->error, call->text}, "Busy", {"try again later"});
    std::erase_if(calls, [](const auto& call) { return call->reply != nullptr; });

    const Fd gate(checked(::open("/run/gate", O_WRONLY | O_CLOEXEC), "open the gate"));
    checked(::write(gate.get(), "\n", 1), "open the gate");
    loopUntil([&] { return answered() == places + 1; }, "the answer to all others");
    for (const auto& call : calls)
        EXPECT_EQ(call->error, "");
    EXPECT_EQ(call().State(), "waiting");
}

TEST_F(DaemonRefusals, ImpatienceStopsNoStopping) {
    checked(::mkfifo("/run/gate", 0600), "make a gate");
    call().Disable();
    Daemon::configure(std::string(enabled) +
                      "otgnet: {commands: {pre_stop_cmd: [/bin/sh, -c, 'read x < /run/gate']}}\n");
    call().Reload();
    call().Enable();
    stage_.daemon.signal(SIGTERM);
    caller().untilState("stopping");
    stage_.daemon.signal(SIGTERM);
    EXPECT_EQ(call().State(), "stopping");

    const Fd gate(checked(::open("/run/gate", O_WRONLY | O_CLOEXEC), "open the gate"));
    checked(::write(gate.get(), "\n", 1), "open the gate");
    EXPECT_EQ(stage_.daemon.terminate(), EXIT_SUCCESS);
    EXPECT_EQ(stage_.daemon.kernel().tree(), KernelTree());
    EXPECT_THAT(rules(), Not(HasSubstr("otgnet")));
}

TEST_F(DaemonRefusals, StrangersAreRefusedWithAndWithoutPolkit) {
    caller().untilState("waiting");
    const Machine before(stage_);
    const std::vector<std::vector<std::string>> calls{
        {"Enable"}, {"Disable"}, {"Replug"}, {"Reload"}, {"SetConfig", portsKey + std::string("=22")}, {"ResetConfig"}};
    for (const auto& arguments : calls)
        EXPECT_EQ(RemoteCaller(nobody, arguments).outcome(), "org.freedesktop.DBus.Error.AccessDenied");
    const Process polkit = stage_.world.startPolkit();
    for (const auto& arguments : calls)
        EXPECT_EQ(RemoteCaller(nobody, arguments).outcome(),
                  "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired");
    expectUntouched(before);
}

TEST(DaemonWithABadFile, SaysSoToEveryMethodAndStaysClosed) {
    Stage stage("otgnet:\n  iface:\n    net: 10.0.0.1/24\n");
    const std::vector<std::string> words{"/etc/kvmd/override.yaml:3", "otgnet/iface/net"};
    stage.daemon.caller().untilState("failed");
    const auto error = stage.call().LastError();
    expectFailure({std::get<0>(error), std::get<1>(error)}, "InvalidConfig", words);
    for (const auto& call : std::vector<std::function<void(ctl::Service&)>>{
             [](auto& service) { service.Enable(); }, [](auto& service) { service.Replug(); },
             [](auto& service) { service.Reload(); }, [](auto& service) { service.ResetConfig({}, false); },
             [](auto& service) {
                 service.SetConfig({{"otg/devices/ethernet/start", sdbus::Variant{true}}}, false);
             }})
        expectFailure(failureOf([&] { call(stage.call()); }), "InvalidConfig", words);
    EXPECT_EQ(stage.call().State(), "failed");
    EXPECT_EQ(rules(), "");
    EXPECT_EQ(stage.daemon.kernel().tree(), KernelTree());
}

} // namespace
} // namespace otgnet::sandbox
