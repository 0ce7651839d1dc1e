// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetctl against the real daemon; what is only about the command line is in ctl_test.cpp.

#include "base/file.hpp"
#include "sandbox/daemon.hpp"
#include "sandbox/dhcp_client.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace otgnet::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr const char* program = OTGNET_BINARY_DIR "/src/ctl/otgnetctl";

std::string ctl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program);
    return run(arguments);
}

/// The output of one that fails.
std::string refusal(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program);
    Process process(arguments);
    EXPECT_EQ(process.wait(), 1);
    return process.output();
}

std::vector<std::string> linesOf(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

class CtlDaemon : public ::testing::Test {
protected:
    std::string origin(const std::string& key) const {
        return Json::parse(ctl({"get", "--json", key})).at(key).at("origin");
    }

    World world_{{.cable = false}};
    Process networkd_ = world_.startNetworkd();
    Daemon daemon_{world_, "otg: {devices: {ethernet: {enabled: true, driver: ncm}}}\n"};
};

TEST_F(CtlDaemon, ShowsTheHostThatComes) {
    Process monitor({program, "monitor"});
    monitor.expect("running=true");
    daemon_.caller().untilState("waiting");
    EXPECT_THAT(ctl({}), StartsWith("● usb0 waiting for a computer"));

    daemon_.plugHost();
    monitor.expect("HostAttached  udc=dummy_udc.0  speed=high-speed");
    DhcpClient client(world_, {"-x", "hostname:testpc"});
    const std::string address = client.bound()["ip"];
    monitor.expect("LeaseAdded  address=" + address);
    daemon_.caller().untilState("online");

    EXPECT_THAT(ctl({}), HasSubstr(" is at " + address));
    EXPECT_THAT(ctl({}), HasSubstr("carrier, managed by systemd-networkd"));
    EXPECT_THAT(ctl({"leases", "--no-legend"}), StartsWith(address + "  "));
    EXPECT_EQ(Json::parse(ctl({"leases", "--json"})).at(0).at("address"), address);

    daemon_.kill();
    monitor.expect("Service  running=false");
    daemon_.start();
    monitor.expect("Service  running=true");
}

TEST_F(CtlDaemon, OpensAndClosesPorts) {
    daemon_.caller().untilState("waiting");
    const std::string key = "otgnet/firewall/allow_tcp";
    EXPECT_EQ(ctl({"allow", "tcp", "22", "8080"}), key + "=22,8080\n");
    EXPECT_THAT(run({"nft", "list", "table", "inet", "otgnet"}), HasSubstr("elements = { 22, 8080 }"));
    EXPECT_EQ(origin(key), "runtime");
    EXPECT_EQ(ctl({"reset", key}), "");
    EXPECT_EQ(ctl({"allow", "tcp", "8080", "--persist"}), key + "=8080\n");
    EXPECT_EQ(origin(key), "settings");
    EXPECT_EQ(ctl({"reset", key, "--persist"}), "");
    EXPECT_EQ(origin(key), "default");
    EXPECT_THAT(run({"nft", "list", "table", "inet", "otgnet"}), Not(HasSubstr("8080")));
}

/// Every value is shown as it can be typed, and arrives with the type that the service wants.
TEST_F(CtlDaemon, TakesEveryValueAsItShowsIt) {
    daemon_.caller().untilState("waiting");
    ctl({"set", R"(otgnet/dhcp/hosts=[{"mac": "02:00:00:00:00:01", "address": "172.30.30.9", "name": "pc"}])",
         R"(otgnet/dhcp/routes=[{"to": "10.0.0.0/8", "via": "172.30.30.1"}])", "otgnet/dhcp/dns=1.1.1.1,8.8.8.8"});
    const auto keys = linesOf(ctl({"get", "--keys"}));
    const auto values = linesOf(ctl({"get", "--value"}));
    const Json before = Json::parse(ctl({"get", "--json"}));
    ASSERT_EQ(keys.size(), values.size());
    ASSERT_EQ(keys.size(), before.size());

    std::vector<std::string> set{"set"};
    for (std::size_t i = 0; i < keys.size(); ++i)
        set.push_back(keys[i] + "=" + values[i]);
    ctl(set);

    const Json after = Json::parse(ctl({"get", "--json"}));
    for (const auto& [key, row] : after.items()) {
        EXPECT_EQ(row.at("value"), before.at(key).at("value")) << key;
        EXPECT_EQ(row.at("origin"), "runtime") << key;
    }
}

TEST_F(CtlDaemon, TellsTheServicesReasonForARefusal) {
    daemon_.caller().untilState("waiting");
    EXPECT_THAT(refusal({"set", "otgnet/iface/net=10.0.0.1/8", "otgnet/firewall/allow_tcp=22"}),
                HasSubstr("otgnet/iface/net"));
    EXPECT_EQ(ctl({"get", "--value", "otgnet/firewall/allow_tcp"}), "[]\n") << "all or nothing";
    EXPECT_THAT(refusal({"set", "otgnet/firewal/allow_tcp=22"}), HasSubstr("otgnet/firewall"));
}

TEST_F(CtlDaemon, SaysWhyThereIsNoConfiguration) {
    Daemon::configure("otg: [");
    EXPECT_EQ(daemon_.terminate(), 0);
    daemon_.start();
    for (const std::vector<std::string>& verb :
         {std::vector<std::string>{"get"}, {"get", "otgnet/firewall"}, {"allow", "tcp", "22"}, {"deny", "icmp"}})
        EXPECT_THAT(refusal(verb), HasSubstr("could load no configuration: /etc/kvmd/override.yaml:"));
}

TEST_F(CtlDaemon, SwitchesOffAndOn) {
    daemon_.caller().untilState("waiting");
    EXPECT_EQ(ctl({"disable"}), "");
    EXPECT_THAT(ctl({}), HasSubstr("otgnetctl enable"));
    EXPECT_EQ(Json::parse(ctl({"enable", "--json"})).at("State"), "waiting");
    EXPECT_EQ(ctl({"replug"}), "");
    EXPECT_EQ(ctl({"reload"}), "");
    Daemon::configure("otgnet: {iface: {nett: 10.1.1.0/24}}");
    EXPECT_THAT(ctl({"reload"}), StartsWith("otgnetctl: warning: /etc/kvmd/override.yaml:1: otgnet/iface/nett: "));
    Daemon::configure("otg: [");
    EXPECT_THAT(refusal({"reload"}), HasSubstr("/etc/kvmd/override.yaml"));
    EXPECT_THAT(ctl({}), HasSubstr("/etc/kvmd/override.yaml"));
}

} // namespace
} // namespace otgnet::sandbox
