// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/fake_service.hpp"

#include <gtest/gtest.h>

namespace otgnet::sandbox {
namespace {

class Examples : public ::testing::Test {
protected:
    World world_{{.cable = false}};
    std::unique_ptr<FakeService> service_ = FakeService::start(world_);
};

TEST_F(Examples, SubscriberInCpp) {
    Process subscriber({OTGNET_BINARY_DIR "/tests/sandbox/example-subscriber"});
    subscriber.expect("state: waiting");
    service_->becomeOnline("testpc");
    subscriber.expect("dummy_udc.0: attached, high-speed\n172.30.30.83 testpc\n");
}

TEST_F(Examples, NotifierInPython) {
    const char* address = "unix:path=/run/sandbox/session-bus";
    Process sessionBus({"dbus-daemon", "--session", "--nofork", "--print-address", "--address", address});
    sessionBus.expect("session-bus");
    const ProcessOptions session{.environment = {std::string("DBUS_SESSION_BUS_ADDRESS=") + address}};
    Process desktop({"/usr/bin/python3", OTGNET_SOURCE_DIR "/tests/sandbox/notifications.py"}, session);
    desktop.expect("ready");
    Process notifier({"/usr/bin/python3", OTGNET_SOURCE_DIR "/examples/notifier.py"}, session);
    notifier.expect("listening");
    service_->becomeOnline("<b>pc</b>");
    desktop.expect("|Computer on the USB port|&lt;b&gt;pc&lt;/b&gt; is at 172.30.30.83");
}

TEST_F(Examples, CommandInShell) {
    Process script({"sh", "-c",
                    "PATH=" OTGNET_BINARY_DIR "/src/ctl:$PATH exec " OTGNET_SOURCE_DIR
                    "/examples/on-lease.sh echo hello"});
    script.expect("service: running=true");
    service_->becomeOnline("testpc");
    script.expect("hello 172.30.30.83");
}

} // namespace
} // namespace otgnet::sandbox
