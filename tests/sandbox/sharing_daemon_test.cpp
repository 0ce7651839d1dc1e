// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetd from end to end, with its function in kvmd's gadget.

#include "sandbox/daemon.hpp"
#include "sandbox/modelled_kvmd.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;

constexpr const char* hostMac = "48:6f:73:74:50:43";
constexpr const char* kvmMac = "42:61:64:55:53:42";

using Names = std::vector<std::string>;

class SharingDaemonTest : public ::testing::Test {
protected:
    /// `ethernet`: more keys of otg/devices/ethernet; `more`: lines below "otgnet:", two blanks indented.
    std::string configuration(const std::string& driver, const std::string& more = "") const {
        return "otg:\n  init_delay: 0.1\n  user: nobody\n  meta: " + kvmd_.metaDirectory() +
               "\n  devices:\n    ethernet: {enabled: true, driver: " + driver + ", host_mac: '" + hostMac +
               "', kvm_mac: '" + kvmMac + "'}\notgnet:\n  firewall: {allow_tcp: [80]}\n" + more;
    }

    void start(const std::string& text) {
        daemon_.terminate();
        Daemon::configure(text);
        daemon_.kernel().forget();
        daemon_.start();
    }

    /// What was written to UDC since forget(): "" unbinds.
    Names binds() const {
        const std::string write = "write kvmd/UDC ";
        Names names;
        for (const std::string& operation : daemon_.kernel().operations())
            if (operation.starts_with(write))
                names.push_back(operation.substr(write.size()));
        return names;
    }

    ctl::Service& call() { return daemon_.call(); }
    Caller& caller() { return daemon_.caller(); }

    World world_{{.cable = false}};
    Process networkd_ = world_.startNetworkd();
    mutable Daemon daemon_{world_, "{}"};
    ModelledKvmd kvmd_{daemon_.kernel()};
};

/// kvmd's own driver and MACs, ours, and whether there are hooks.
using InFront = std::tuple<const char*, const char*, const char*, bool>;

class KvmdsEthernetInFront : public SharingDaemonTest, public ::testing::WithParamInterface<InFront> {};

TEST_P(KvmdsEthernetInFront, IsReplacedInOneRound) {
    const auto& [theirs, mac, driver, hooks] = GetParam();
    kvmd_.addEthernet(theirs, mac, *mac == '\0' ? "" : kvmMac);
    kvmd_.start();

    start(configuration(driver, hooks ? "  commands: {pre_start_cmd: [/bin/echo, hello]}\n" : ""));

    caller().untilState("waiting");
    const std::string ours = driver + std::string(".usb0");
    EXPECT_THAT(kvmd_.links(), ElementsAre("hid.usb0", "hid.usb1", "mass_storage.usb0", ours, "acm.usb0"));
    EXPECT_EQ(kvmd_.read("UDC"), "dummy_udc.0");
    EXPECT_EQ(kvmd_.read("functions/" + ours + "/host_addr"), hostMac);
    EXPECT_EQ(call().Interface(), "usb0");
    const bool same = std::string(theirs) == driver && std::string(mac) == hostMac;
    EXPECT_EQ(binds(), same ? Names{} : (Names{"", "dummy_udc.0"}));
}

std::string nameOf(const ::testing::TestParamInfo<InFront>& info) {
    const auto& [theirs, mac, driver, hooks] = info.param;
    return theirs + std::string(*mac == '\0' ? "_random" : "_equal") + (hooks ? "_hooks" : "");
}

INSTANTIATE_TEST_SUITE_P(Each, KvmdsEthernetInFront,
                         ::testing::Combine(::testing::Values("ecm", "ncm"), ::testing::Values("", hostMac),
                                            ::testing::Values("ecm"), ::testing::Bool()),
                         nameOf);

} // namespace
} // namespace otgnet::sandbox
