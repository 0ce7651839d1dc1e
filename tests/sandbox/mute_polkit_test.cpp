// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A polkit that takes questions in and never answers, and what it is told then.

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

constexpr uid_t games = 5; // every Debian has it

/// Has polkit's name and takes note of what it is asked.
class MutePolkit {
public:
    MutePolkit() {
        const char* policy =
            R"(<busconfig><policy user="root"><allow own="org.freedesktop.PolicyKit1"/></policy></busconfig>)";
        writeFileAtomic("/etc/dbus-1/system.d/mute-polkit.conf", policy, 0644, ErrorCode::Failed);
        run({"busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
             "ReloadConfig"});
        sd_bus_slot* slot = nullptr;
        EXPECT_GE(sd_bus_add_filter(client_.get(), &slot, note, this), 0);
        filter_.reset(slot);
        EXPECT_GE(sd_bus_request_name(client_.get(), "org.freedesktop.PolicyKit1", 0), 0);
    }

    std::vector<std::string> calls; ///< name and cancellation id

private:
    static int note(sd_bus_message* message, void* self, sd_bus_error*) {
        const bool asks = sd_bus_message_is_method_call(message, nullptr, "CheckAuthorization") > 0;
        const bool cancels = sd_bus_message_is_method_call(message, nullptr, "CancelCheckAuthorization") > 0;
        const char* id = "";
        if (asks)
            sd_bus_message_skip(message, "(sa{sv})sa{ss}u");
        if (asks || cancels)
            sd_bus_message_read(message, "s", &id);
        if (asks || cancels)
            static_cast<MutePolkit*>(self)->calls.push_back(sd_bus_message_get_member(message) + std::string(" ") + id);
        return asks || cancels ? 1 : 0;
    }

    BusClient client_;
    BusSlot filter_;
};

class MutePolkitTest : public ::testing::Test {
protected:
    void awaitCalls(std::size_t count) {
        loopUntil([&] { return polkit.calls.size() == count; }, std::to_string(count) + " calls to polkit");
    }

    World world{{.cable = false}};
    BusService service{world, std::chrono::seconds(1)};
    MutePolkit polkit;
};

TEST_F(MutePolkitTest, ThatNeverAnswersIsANoAndIsToldToForgetIt) {
    RemoteCaller caller(games, {"Enable"});
    EXPECT_EQ(caller.outcome(), "org.freedesktop.DBus.Error.AccessDenied");
    EXPECT_THAT(caller.expect("ERROR"), HasSubstr("polkit has no answer for org.pikvm.OtgNet.control"));
    awaitCalls(2);
    EXPECT_THAT(polkit.calls, ElementsAre("CheckAuthorization otgnet-1", "CancelCheckAuthorization otgnet-1"));
    EXPECT_EQ(service.authority->pending(), 0U);
    EXPECT_THAT(service.intents.calls, IsEmpty());
}

TEST_F(MutePolkitTest, IsToldOfACallerWhoLeaves) {
    RemoteCaller stays(games, {"Enable", "--interactive"});
    awaitCalls(1);
    RemoteCaller leaves(games, {"Enable", "--interactive"});
    awaitCalls(2);
    leaves.process().kill();
    awaitCalls(3);
    EXPECT_EQ(polkit.calls.back(), "CancelCheckAuthorization otgnet-2");
    EXPECT_EQ(service.authority->pending(), 1U);
    EXPECT_FALSE(stays.hasSaid("ERROR"));
}

} // namespace
} // namespace otgnet::sandbox
