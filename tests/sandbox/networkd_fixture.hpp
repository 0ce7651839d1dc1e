// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A NetworkdLink in a world of its own. Each test starts networkd itself.
#pragma once

#include "base/file.hpp"
#include "base/sdbus.hpp"
#include "host/networkd_link.hpp"
#include "sandbox/dhcp_client.hpp"
#include "sandbox/fake_systemd.hpp"
#include "sandbox/link_recorder.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {

constexpr const char* profilePath = "/run/systemd/network/10-otgnet-usb0.network";

class NetworkdFixture : public ::testing::Test {
protected:
    void publish(const LinkPlan& plan = linkPlan()) {
        finished([&](Done done) { link_.publish(plan, std::move(done)); });
    }
    void settle() {
        finished([&](Done done) { link_.settle(std::move(done)); });
    }
    void withdraw() {
        finished([&](Done done) { link_.withdraw(std::move(done)); });
    }
    /// The whole way up with a host at the other end.
    void bringUp(const LinkPlan& plan = linkPlan()) {
        publish(plan);
        world_.plug();
        settle();
    }
    static std::string addresses() { return run({"ip", "-br", "-4", "addr", "show", "usb0"}); }

    World world_;
    std::unique_ptr<sdbus::IConnection> bus_ = world_.connect();
    Source source_ = attachBus(*bus_, [](const std::string& why) { ADD_FAILURE() << why; });
    LinkRecorder seen_;
    NetworkdLink link_{*bus_, seen_, profilePath};
};

} // namespace otgnet::sandbox
