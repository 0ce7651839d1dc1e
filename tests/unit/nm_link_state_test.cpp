// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/link_state.hpp"
#include "host/nm/profile.hpp"

#include <gtest/gtest.h>

namespace otgnet::nm {
namespace {

const IfName usb0 = *IfName::parse("usb0");

DeviceFacts device(NMDeviceState state, bool carrier = true, const char* profile = profileUuid) {
    return {"/org/freedesktop/NetworkManager/Devices/3", state, true, carrier, profile, "/active/1"};
}

LinkState judged(const DeviceFacts& facts, bool failed = false) {
    return judge(true, facts, failed);
}

TEST(NmLinkState, FollowsTheDevice) {
    EXPECT_EQ(judge(false, device(NM_DEVICE_STATE_ACTIVATED), false), LinkState::absent);
    EXPECT_EQ(judged({}), LinkState::missing);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_UNMANAGED)), LinkState::unmanaged);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_UNAVAILABLE, false, "")), LinkState::waiting);
    EXPECT_EQ(judged({"/device", NM_DEVICE_STATE_UNAVAILABLE, false, false, "", ""}), LinkState::down);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_UNAVAILABLE, true, "")), LinkState::activating);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_DISCONNECTED, true, "")), LinkState::idle);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_PREPARE)), LinkState::activating);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_IP_CONFIG)), LinkState::activating);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_ACTIVATED)), LinkState::active);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_DEACTIVATING)), LinkState::activating);
}

TEST(NmLinkState, KnowsAForeignProfile) {
    const char* other = "11111111-2222-3333-4444-555555555555";
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_ACTIVATED, true, other)), LinkState::foreign);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_PREPARE, true, other)), LinkState::foreign);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_DEACTIVATING, true, other)), LinkState::activating);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_ACTIVATED, true, "")), LinkState::activating); // the rest follows
}

TEST(NmLinkState, RemembersAFailureUntilItIsOver) {
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_FAILED), true), LinkState::failed);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_IP_CONFIG), true), LinkState::failed);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_ACTIVATED), true), LinkState::active);
    EXPECT_EQ(judged(device(NM_DEVICE_STATE_UNAVAILABLE, false, ""), true), LinkState::waiting);
}

TEST(NmLinkState, IsExplainedUnlessAllIsWell) {
    for (const LinkState state :
         {LinkState::absent, LinkState::missing, LinkState::unmanaged, LinkState::down, LinkState::idle,
          LinkState::activating, LinkState::foreign, LinkState::failed, LinkState::active})
        EXPECT_NE(explain(state, usb0, {}), "") << static_cast<int>(state);
    EXPECT_EQ(explain(LinkState::waiting, usb0, {}), "");
}

} // namespace
} // namespace otgnet::nm
