// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The link with NetworkManager under test, in a world with the real one, and what it has told.
#pragma once

#include "base/file.hpp"
#include "host/nm/network_manager_link.hpp"
#include "sandbox/dhcp_client.hpp"
#include "sandbox/link_recorder.hpp"
#include "sandbox/world.hpp"
#include "unit/nm_plan.hpp"

#include <gmock/gmock.h>

namespace otgnet::nm {

constexpr const char* managedConfPath = "/run/NetworkManager/conf.d/90-otgnet.conf";
constexpr const char* dnsmasqConfPath = "/etc/NetworkManager/dnsmasq-shared.d/90-otgnet.conf";
constexpr const char* profilePath = "/run/NetworkManager/system-connections/otgnet.nmconnection";

class NmLink : public ::testing::Test {
protected:
    explicit NmLink(const sandbox::WorldOptions& options = {}) : world_(options) {
        // dnsmasq would ping for three seconds before its first offer
        writeFile("/etc/NetworkManager/dnsmasq-shared.d/00-test.conf", "no-ping\n");
    }

    void TearDown() override { EXPECT_TRUE(expectsTrouble_ || !hasTrouble()); }

    void startManager() { manager_ = world_.startNetworkManager(); }
    void makeLink() { link_ = std::make_unique<NetworkManagerLink>(recorder_, "/"); }

    /// The text of the error, "" if there was none.
    std::string publish(const LinkPlan& plan = samplePlan()) {
        return sandbox::failureOf([&](Done done) { link_->publish(plan, std::move(done)); });
    }
    std::string settle() {
        return sandbox::failureOf([&](Done done) { link_->settle(std::move(done)); });
    }
    std::string withdraw() {
        return sandbox::failureOf([&](Done done) { link_->withdraw(std::move(done)); });
    }

    /// NetworkManager runs, the host is plugged in, the plan is in force and the connection active.
    void bringUp(const LinkPlan& plan = samplePlan()) {
        startManager();
        makeLink();
        world_.plug();
        ASSERT_EQ(publish(plan), "");
        ASSERT_EQ(settle(), ""); // maybe before NetworkManager has seen the carrier
        waitForDevice("100 (connected) otgnet");
    }
    /// One of the user's, in memory.
    static void addConnection(const std::string& ifname, const std::string& name,
                              const std::vector<std::string>& settings) {
        std::vector<std::string> command{"nmcli",    "connection", "add",  "save",     "no", "type",
                                         "ethernet", "ifname",     ifname, "con-name", name};
        command.insert(command.end(), settings.begin(), settings.end());
        sandbox::run(command);
    }
    /// Another shared one, on lan0.
    static void shareLan() {
        addConnection("lan0", "lan",
                      {"ipv4.method", "shared", "ipv4.addresses", "10.66.0.1/24", "ipv6.method", "disabled"});
        sandbox::run({"nmcli", "connection", "up", "lan"});
    }
    void waitForDevice(const std::string& state) {
        sandbox::loopUntil([&] { return deviceState().find(state) != std::string::npos; }, "usb0: " + state);
    }

    std::vector<Lease> leases() const {
        return recorder_.reports.empty() ? std::vector<Lease>() : recorder_.reports.back().leases;
    }
    void waitForLeases(std::size_t count) {
        sandbox::loopUntil([&] { return leases().size() == count; }, std::to_string(count) + " leases");
    }
    void waitForBackend(const std::string& name) {
        sandbox::loopUntil([&] { return !recorder_.backends.empty() && recorder_.backends.back() == name; },
                           "backend '" + name + "'");
    }

    /// The text of the first one.
    std::string waitForTrouble() {
        expectsTrouble_ = true;
        sandbox::loopUntil([&] { return hasTrouble(); }, "trouble");
        try {
            std::rethrow_exception(recorder_.troubles.front());
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::BackendUnavailable);
            return error.what();
        }
    }

    bool hasTrouble() const { return !recorder_.troubles.empty() && recorder_.troubles.front(); }

    static void writeFile(const std::string& path, const std::string& text) {
        writeFileAtomic(path, text, 0644, ErrorCode::Failed);
    }
    /// The state and the connection of usb0 as nmcli shows them, a blank between them.
    static std::string deviceState() {
        auto state = sandbox::run({"nmcli", "-g", "GENERAL.STATE,GENERAL.CONNECTION", "device", "show", "usb0"});
        std::replace(state.begin(), state.end(), '\n', ' ');
        return state;
    }

    sandbox::World world_;
    std::optional<sandbox::Process> manager_;
    sandbox::LinkRecorder recorder_;
    std::unique_ptr<NetworkManagerLink> link_;
    bool expectsTrouble_ = false;
};

} // namespace otgnet::nm
