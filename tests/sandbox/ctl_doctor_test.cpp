// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/ctl_fixture.hpp"

#include "base/file.hpp"

#include <nlohmann/json.hpp>

namespace otgnet::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class CtlDoctor : public CtlFixture {};

TEST_F(CtlDoctor, DoctorSeesTheServiceAndTheManager) {
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
    const CtlOutcome outcome = otgnetctl({"doctor"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, HasSubstr("Try: systemctl enable --now otgnetd"));
}

TEST_F(CtlDoctor, DoctorSeesWhoClosesTheDoor) {
    run({"nft", "add table ip filter; add chain ip filter INPUT { type filter hook input priority 0; policy drop; }"});
    EXPECT_THAT(otgnetctl({"doctor"}).output, HasSubstr("ip filter drops what otgnet opens"));
    run({"nft", "add rule ip filter INPUT iifname usb0 accept"});
    EXPECT_THAT(otgnetctl({"doctor"}).output, Not(HasSubstr("ip filter")));
}

/// kvmd-otgnet.service is a oneshot that leaves no trace on the disk while it is active.
TEST_F(CtlDoctor, DoctorSeesWhatWasStartedByHand) {
    Process systemd({"/usr/bin/python3", OTGNET_SOURCE_DIR "/tests/sandbox/ctl_units.py", "kvmd-otgnet.service"});
    systemd.expect("ready");
    EXPECT_THAT(otgnetctl({"doctor"}).output, HasSubstr("Try: systemctl disable --now kvmd-otgnet.service\n"));
}

/// What the service would do is known while it does not run.
TEST_F(CtlDoctor, DoctorReadsTheConfigurationOfAServiceThatIsAway) {
    service_.reset();
    const auto doctor = [](const char* configuration) {
        writeFileAtomic("/etc/kvmd/override.yaml", configuration, 0644, ErrorCode::Failed);
        return run({"sh", "-c", "PATH=" OTGNET_BINARY_DIR "/src:$PATH; " + std::string(ctlProgram) + " doctor || :"});
    };
    run({"ip", "link", "add", "taken", "type", "veth"});
    run({"ip", "address", "add", "10.1.2.1/24", "dev", "taken"});
    run({"ip", "link", "set", "taken", "up"});
    EXPECT_THAT(doctor("otgnet: {iface: {net: 10.1.2.0/28}}"), HasSubstr("10.1.2.0/28 overlaps a network on taken"));
    EXPECT_THAT(doctor("otgnet: {iface: {net: 10.1.3.0/28}}"), HasSubstr("10.1.3.0/28 is ours alone"));
    EXPECT_THAT(doctor("otgnet: {iface: {net: none}}"),
                HasSubstr("/etc/kvmd/override.yaml:1: Invalid value 'none' for key 'otgnet/iface/net'"));
}

TEST_F(CtlDoctor, DoctorLooksAtOneMachineOnly) {
    EXPECT_EQ(otgnetctl({"-H", "pikvm", "doctor"}).code, 2);
    EXPECT_THAT(otgnetctl({"doctor", "--root", "/nonexistent"}).output, HasSubstr("controller"));
}

} // namespace
} // namespace otgnet::sandbox
