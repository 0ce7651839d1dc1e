// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/bus_client.hpp"
#include "sandbox/bus_service.hpp"
#include "sandbox/remote_caller.hpp"

#include "base/file.hpp"
#include "base/raw_bus.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Users that every Debian has.
constexpr uid_t games = 5;
constexpr uid_t man = 6;
constexpr uid_t nobody = 65534;

constexpr const char* accessDenied = "org.freedesktop.DBus.Error.AccessDenied";
constexpr const char* interactionRequired = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
constexpr const char* busy = "org.pikvm.OtgNet.Error.Busy";

constexpr const char* rules = R"(polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.pikvm.OtgNet.") != 0)
        return polkit.Result.NOT_HANDLED;
    if (subject.user == "games")
        return action.lookup("keys") == "otgnet/secret" ? polkit.Result.NO : polkit.Result.YES;
    if (subject.user == "man")
        return polkit.Result.NO;
    return polkit.Result.NOT_HANDLED;
});
)";

/// How often a connection hears something.
struct Heard {
    using Kind = bool (*)(sd_bus_message*);

    Heard(sdbus::IConnection& bus, Kind k) : kind(k) {
        const auto look = [](sd_bus_message* message, void* self, sd_bus_error*) {
            auto* heard = static_cast<Heard*>(self);
            heard->count += heard->kind(message) ? 1 : 0;
            return 0;
        };
        sd_bus_slot* slot = nullptr;
        EXPECT_GE(sd_bus_add_filter(rawBus(bus), &slot, look, this), 0);
        filter.reset(slot);
    }

    Kind kind;
    BusSlot filter;
    unsigned count = 0;
};

bool isFarewell(sd_bus_message* message) {
    return sd_bus_message_is_signal(message, "org.freedesktop.DBus", "NameOwnerChanged") > 0;
}

bool isAnswerOfTheBus(sd_bus_message* message) {
    const char* sender = sd_bus_message_get_sender(message);
    return sd_bus_message_is_method_call(message, nullptr, nullptr) == 0 && !isFarewell(message) && sender != nullptr &&
           std::string_view(sender) == "org.freedesktop.DBus";
}

class PolkitAuthorityTest : public ::testing::Test {
protected:
    void startPolkit(const std::string& withRules = rules) {
        writeFileAtomic("/etc/polkit-1/rules.d/10-test.rules", withRules, 0644, ErrorCode::Failed);
        polkit.emplace(world.startPolkit());
    }

    /// As polkit-agent-helper-1 after the right password.
    void authenticate() {
        run({"busctl", "call", "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
             "org.freedesktop.PolicyKit1.Authority", "AuthenticationAgentResponse2", "us(sa{sv})",
             std::to_string(nobody), cookie, "unix-user", "1", "uid", "u", "0"});
    }

    /// A caller with a person before a dialog.
    std::unique_ptr<RemoteCaller> callerWithDialog() {
        auto caller = std::make_unique<RemoteCaller>(
            nobody, std::vector<std::string>{"SetConfig", "otgnet/a=1", "otgnet/b=2", "--interactive", "--agent"});
        const std::string begin = caller->expect("BEGIN");
        cookie = begin.substr(0, begin.find(' '));
        EXPECT_THAT(begin, HasSubstr(" org.pikvm.OtgNet.configure "));
        EXPECT_THAT(begin, HasSubstr("settings of the USB network (otgnet/a otgnet/b)"));
        return caller;
    }

    World world{{.cable = false}};
    std::optional<Process> polkit;
    BusService service{world};
    std::string cookie;
};

TEST_F(PolkitAuthorityTest, RootPassesWithoutPolkit) {
    BusClient root;
    EXPECT_EQ(root.await("Enable").error, "");
    EXPECT_THAT(service.intents.calls, ElementsAre("enable"));
}

TEST_F(PolkitAuthorityTest, RootIsRecognized) {
    BusClient root;
    root.await("Enable");
    const Heard answers(*service.connection, isAnswerOfTheBus);
    EXPECT_EQ(root.await("Enable").error, "");
    EXPECT_EQ(answers.count, 0U);
    BusClient another;
    EXPECT_EQ(another.await("Enable").error, "");
    EXPECT_EQ(answers.count, 1U);
}

TEST_F(PolkitAuthorityTest, NoPolkitMeansNo) {
    RemoteCaller caller(games, {"Enable"});
    EXPECT_EQ(caller.outcome(), accessDenied);
    EXPECT_THAT(caller.expect("ERROR"), HasSubstr("polkit"));
    EXPECT_THAT(service.intents.calls, IsEmpty());
}

TEST_F(PolkitAuthorityTest, RulesDecide) {
    startPolkit();
    EXPECT_EQ(RemoteCaller(games, {"Enable"}).outcome(), "RETURN");
    EXPECT_EQ(RemoteCaller(games, {"SetConfig", "otgnet/a=1"}).outcome(), "RETURN");
    EXPECT_EQ(RemoteCaller(man, {"Enable"}).outcome(), accessDenied);
    EXPECT_EQ(RemoteCaller(man, {"ResetConfig", "otgnet/a"}).outcome(), accessDenied);
    EXPECT_THAT(service.intents.calls, ElementsAre("enable", "setConfig"));
}

TEST_F(PolkitAuthorityTest, RulesSeeTheKeys) {
    startPolkit();
    EXPECT_EQ(RemoteCaller(games, {"SetConfig", "otgnet/open=1"}).outcome(), "RETURN");
    EXPECT_EQ(RemoteCaller(games, {"SetConfig", "otgnet/secret=1"}).outcome(), accessDenied);
}

TEST_F(PolkitAuthorityTest, RulesSeeEveryKeyHoweverMany) {
    startPolkit(R"(polkit.addRule(function(action, subject) {
        return action.lookup("keys").split(" ").length == 100 ? polkit.Result.YES : polkit.Result.NO;
    });)");
    std::vector<std::string> call{"SetConfig"};
    for (int i = 0; i < 100; ++i)
        call.push_back("otgnet/key" + std::to_string(i) + "=1");
    EXPECT_EQ(RemoteCaller(games, call).outcome(), "RETURN");
}

TEST_F(PolkitAuthorityTest, EveryGuardedMethodIsDenied) {
    startPolkit();
    for (const char* method : {"Enable", "Disable", "Replug", "Reload", "SetConfig", "ResetConfig"})
        EXPECT_EQ(RemoteCaller(man, {method}).outcome(), accessDenied) << method;
    EXPECT_THAT(service.intents.calls, IsEmpty());
}

TEST_F(PolkitAuthorityTest, ReadingIsFree) {
    EXPECT_EQ(RemoteCaller(nobody, {"GetConfig"}).outcome(), "RETURN");
    EXPECT_EQ(RemoteCaller(nobody, {"GetConfigOrigins"}).outcome(), "RETURN");
}

TEST_F(PolkitAuthorityTest, NobodyIsAskedWithoutTheFlag) {
    startPolkit();
    RemoteCaller caller(nobody, {"Enable", "--agent"});
    EXPECT_EQ(caller.outcome(), interactionRequired);
    EXPECT_FALSE(caller.hasSaid("BEGIN"));
}

TEST_F(PolkitAuthorityTest, AChallengeWithoutAgentIsSaid) {
    startPolkit();
    RemoteCaller caller(nobody, {"Enable", "--interactive"});
    EXPECT_EQ(caller.outcome(), interactionRequired);
    EXPECT_THAT(caller.expect("ERROR"), HasSubstr("agent"));
}

TEST_F(PolkitAuthorityTest, TheRightPasswordOpens) {
    startPolkit();
    const auto caller = callerWithDialog();
    EXPECT_THAT(service.intents.calls, IsEmpty());
    authenticate();
    caller->process().signal(SIGUSR1);
    EXPECT_EQ(caller->outcome(), "RETURN");
    EXPECT_THAT(service.intents.calls, ElementsAre("setConfig"));
}

TEST_F(PolkitAuthorityTest, ADismissedDialogIsANo) {
    startPolkit();
    const auto caller = callerWithDialog();
    caller->process().signal(SIGUSR2);
    EXPECT_EQ(caller->outcome(), accessDenied);
    EXPECT_THAT(service.intents.calls, IsEmpty());
}

TEST_F(PolkitAuthorityTest, OthersAreServedWhileADialogStands) {
    startPolkit();
    const auto waiting = callerWithDialog();
    EXPECT_EQ(RemoteCaller(games, {"Enable"}).outcome(), "RETURN");
    BusClient root;
    EXPECT_EQ(root.await("Reload").error, "");
    EXPECT_EQ(root.await("GetConfig").error, "");
    EXPECT_FALSE(waiting->hasSaid("RETURN"));
    authenticate();
    waiting->process().signal(SIGUSR1);
    EXPECT_EQ(waiting->outcome(), "RETURN");
    EXPECT_THAT(service.intents.calls, ElementsAre("enable", "reload", "setConfig"));
}

TEST_F(PolkitAuthorityTest, TwoDialogsAreAnsweredEachForItself) {
    startPolkit();
    const auto first = callerWithDialog();
    const std::string firstCookie = cookie;
    const auto second = callerWithDialog();
    authenticate();
    second->process().signal(SIGUSR1);
    EXPECT_EQ(second->outcome(), "RETURN");
    first->process().signal(SIGUSR2);
    EXPECT_EQ(first->outcome(), accessDenied);
    EXPECT_NE(firstCookie, cookie);
    EXPECT_THAT(service.intents.calls, ElementsAre("setConfig"));
}

TEST_F(PolkitAuthorityTest, PolkitdThatDiesIsANo) {
    startPolkit();
    const auto caller = callerWithDialog();
    polkit->kill();
    EXPECT_EQ(caller->outcome(), accessDenied);
    EXPECT_THAT(service.intents.calls, IsEmpty());
    polkit.emplace(world.startPolkit());
    EXPECT_EQ(RemoteCaller(games, {"Enable"}).outcome(), "RETURN");
}

TEST_F(PolkitAuthorityTest, ACallerWhoLeavesTakesTheQuestionBack) {
    startPolkit();
    const auto caller = callerWithDialog();
    EXPECT_EQ(service.authority->pending(), 1U);
    caller->process().kill();
    loopUntil([&] { return service.authority->pending() == 0; }, "the question to be taken back");
    EXPECT_THAT(service.intents.calls, IsEmpty());
    EXPECT_EQ(RemoteCaller(games, {"Enable"}).outcome(), "RETURN");
}

TEST_F(PolkitAuthorityTest, NobodyWhoLeavesWakesTheServiceButOneWhoseQuestionWaits) {
    startPolkit();
    const Heard farewells(*service.connection, isFarewell);
    const BusClient client;
    const auto leave = [&](RemoteCaller& caller) {
        const std::string at = caller.expect("AT");
        caller.process().kill();
        world.bus().waitForNoOwner(at.substr(0, at.find(' ')));
        client.await("GetConfig"); // what the bus has sent before has arrived
    };
    RemoteCaller passerBy(nobody, {"GetConfig"});
    leave(passerBy);
    EXPECT_EQ(farewells.count, 0U);
    RemoteCaller served(games, {"Enable"});
    EXPECT_EQ(served.outcome(), "RETURN");
    const auto waiting = callerWithDialog();
    leave(served);
    EXPECT_EQ(farewells.count, 0U);
    leave(*waiting);
    EXPECT_EQ(farewells.count, 1U);
}

/// The rules that we ship as an example, with the users that they speak of.
class ExampleRules : public PolkitAuthorityTest {
protected:
    static constexpr uid_t kvmd = 950;

    void SetUp() override {
        append("/etc/passwd", "kvmd:x:" + std::to_string(kvmd) + ":65534::/:/usr/sbin/nologin\n");
        append("/etc/group", "otgnet-admin:x:951:games\n");
        startPolkit(readFileIfExists(OTGNET_SOURCE_DIR "/polkit/50-org.pikvm.OtgNet.rules.example").value());
    }

    static void append(const std::string& file, const std::string& line) {
        writeFileAtomic(file, readFileIfExists(file).value() + line, 0644, ErrorCode::Failed);
    }

    static std::string outcome(uid_t uid, const std::vector<std::string>& call) {
        return RemoteCaller(uid, call).outcome();
    }
};

TEST_F(ExampleRules, LetKvmdSwitchAndOpenPorts) {
    for (const char* method : {"Enable", "Disable", "Replug", "Reload"})
        EXPECT_EQ(outcome(kvmd, {method}), "RETURN") << method;
    EXPECT_EQ(outcome(kvmd, {"SetConfig", "otgnet/firewall/allow_tcp=1"}), "RETURN");
    EXPECT_EQ(outcome(kvmd, {"SetConfig", "otgnet/firewall/allow_udp=1", "otgnet/firewall/allow_icmp=1"}), "RETURN");
    EXPECT_EQ(outcome(kvmd, {"ResetConfig", "otgnet/firewall/allow_tcp"}), "RETURN");
}

TEST_F(ExampleRules, DoNotMakeKvmdRoot) {
    const std::string ports = "otgnet/firewall/allow_tcp";
    EXPECT_EQ(outcome(kvmd, {"SetConfig", "otgnet/commands/pre_start_cmd=x"}), accessDenied);
    EXPECT_EQ(outcome(kvmd, {"SetConfig", ports + "=1", "otgnet/commands/pre_start_cmd=x"}), accessDenied);
    EXPECT_EQ(outcome(kvmd, {"SetConfig", "otg/meta=x"}), accessDenied);
    EXPECT_EQ(outcome(kvmd, {"SetConfig", ports + "=1", "--persist"}), accessDenied);
    EXPECT_EQ(outcome(kvmd, {"ResetConfig", ports, "--persist"}), accessDenied);
    EXPECT_EQ(outcome(kvmd, {"ResetConfig"}), accessDenied) << "that is every key";
    std::vector<std::string> crowded{"SetConfig", "otgnet/commands/pre_start_cmd=x"};
    for (int i = 0; i < 100; ++i)
        crowded.push_back("otgnet/key" + std::to_string(i) + "=1");
    EXPECT_EQ(outcome(kvmd, crowded), accessDenied);
    EXPECT_THAT(service.intents.calls, IsEmpty());
}

TEST_F(ExampleRules, LetAdministratorsDoEverythingAndOthersNothing) {
    EXPECT_EQ(outcome(games, {"SetConfig", "otgnet/commands/pre_start_cmd=x", "--persist"}), "RETURN");
    EXPECT_EQ(outcome(man, {"Enable"}), interactionRequired);
    EXPECT_EQ(outcome(man, {"SetConfig", "otgnet/firewall/allow_tcp=1"}), interactionRequired);
}

/// polkitd stopped: it never answers.
class SilentPolkit : public PolkitAuthorityTest {
protected:
    void SetUp() override {
        startPolkit();
        polkit->signal(SIGSTOP);
    }

    /// As many calls at once as one user may have.
    static std::unique_ptr<RemoteCaller> crowd(uid_t uid) {
        const std::vector<std::string> arguments{"Enable", "--times",
                                                 std::to_string(PolkitAuthority::maxPendingOfUser)};
        return std::make_unique<RemoteCaller>(uid, arguments);
    }

    void awaitPending(std::size_t count) {
        loopUntil([&] { return service.authority->pending() == count; }, std::to_string(count) + " questions");
    }
};

TEST_F(SilentPolkit, DoesNotHoldUpOthers) {
    RemoteCaller waiting(games, {"Enable"});
    awaitPending(1);
    BusClient root;
    EXPECT_EQ(root.await("Disable").error, "");
    EXPECT_FALSE(waiting.hasSaid("RETURN"));
    polkit->signal(SIGCONT);
    EXPECT_EQ(waiting.outcome(), "RETURN");
}

TEST_F(SilentPolkit, OneConnectionMayAskSoMuch) {
    RemoteCaller caller(games, {"Enable", "--times", std::to_string(PolkitAuthority::maxPendingOfUser + 1)});
    EXPECT_EQ(caller.outcome(), busy);
    awaitPending(PolkitAuthority::maxPendingOfUser);
    polkit->signal(SIGCONT);
    awaitPending(0);
    EXPECT_THAT(service.intents.calls, SizeIs(PolkitAuthority::maxPendingOfUser));
}

TEST_F(SilentPolkit, OneUserMayAskSoMuch) {
    auto crowded = crowd(games);
    awaitPending(PolkitAuthority::maxPendingOfUser);
    EXPECT_EQ(RemoteCaller(games, {"Enable"}).outcome(), busy);
    RemoteCaller other(nobody, {"Enable"});
    awaitPending(PolkitAuthority::maxPendingOfUser + 1);
    EXPECT_FALSE(other.hasSaid("ERROR"));
}

TEST_F(SilentPolkit, AllUsersMayAskSoMuch) {
    std::vector<std::unique_ptr<RemoteCaller>> users;
    for (uid_t uid = 1; users.size() < PolkitAuthority::maxPending / PolkitAuthority::maxPendingOfUser; ++uid)
        users.push_back(crowd(uid));
    awaitPending(PolkitAuthority::maxPending);
    EXPECT_EQ(RemoteCaller(nobody, {"Enable"}).outcome(), busy);
    EXPECT_EQ(BusClient().await("Reload").error, "") << "root does not wait";
    users.clear(); // all leave
    awaitPending(0);
    polkit->signal(SIGCONT);
    EXPECT_EQ(RemoteCaller(games, {"Enable"}).outcome(), "RETURN");
    EXPECT_THAT(service.intents.calls, ElementsAre("reload", "enable"));
}

} // namespace
} // namespace otgnet::sandbox
