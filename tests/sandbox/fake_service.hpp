// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A scripted org.pikvm.OtgNet on the private bus, for tests of clients. It answers from a thread of its own.
#pragma once

#include "base/sdbus.hpp"
#include "sandbox/world.hpp"

#include <otgnet-adaptor.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace otgnet::sandbox {

class FakeService final : public sdbus::AdaptorInterfaces<org::pikvm::OtgNet1_adaptor> {
public:
    using Variants = std::map<std::string, sdbus::Variant>;

    /// Owns the name when this returns. The connection ends with the object.
    static std::unique_ptr<FakeService> start(World& world);
    ~FakeService();
    FakeService(const FakeService&) = delete;
    FakeService& operator=(const FakeService&) = delete;

    void failWith(const std::string& name, const std::string& text);  ///< what every later method answers
    void cameFrom(const std::string& key, const std::string& origin); ///< what GetConfigOrigins says of it
    std::vector<std::string> calls();                                 ///< methods so far: "SetConfig a=1 persist ask"
    void becomeOnline(const std::string& hostname);                   ///< with PropertiesChanged and LeaseAdded
    void becomeNewer(); ///< with a property and signals of types that nobody knows yet

private:
    explicit FakeService(std::unique_ptr<sdbus::IConnection> bus);
    void answer(sdbus::Result<>&& result, std::string call);

    void Enable(sdbus::Result<>&& result) override { answer(std::move(result), "Enable"); }
    void Disable(sdbus::Result<>&& result) override { answer(std::move(result), "Disable"); }
    void Replug(sdbus::Result<>&& result) override { answer(std::move(result), "Replug"); }
    void Reload(sdbus::Result<>&& result) override { answer(std::move(result), "Reload"); }
    void SetConfig(sdbus::Result<>&& result, Variants changes, bool persist) override;
    void ResetConfig(sdbus::Result<>&& result, std::vector<std::string> keys, bool persist) override;
    Variants GetConfig() override;
    std::map<std::string, std::string> GetConfigOrigins() override;
    std::map<std::string, std::vector<std::string>> GetChoices() override;

    std::string Version() override { return "1.0.0"; }
    std::string State() override;
    std::uint64_t StateSince() override { return 1'795'600'000'000'000; }
    bool Enabled() override { return true; }
    std::string Backend() override { return "networkd"; }
    std::string Driver() override { return "ncm"; }
    std::string Udc() override { return "dummy_udc.0"; }
    std::string UdcState() override { return "configured"; }
    std::string Speed() override { return "high-speed"; }
    bool Carrier() override { return true; }
    bool Suspended() override { return false; }
    std::string Gadget() override { return "otgnet"; }
    std::string Interface() override { return "usb0"; }
    std::string HostMac() override { return "48:6f:73:74:50:43"; }
    std::string KvmMac() override { return "42:61:64:55:53:42"; }
    std::string Address() override { return "172.30.30.1/24"; }
    std::string Network() override { return "172.30.30.0/24"; }
    std::string ForwardInterface() override { return ""; }
    bool AllowIcmp() override { return true; }
    std::vector<std::uint16_t> AllowTcp() override { return {80, 443}; }
    std::vector<std::uint16_t> AllowUdp() override { return {}; }
    std::vector<std::string> Dns() override { return {}; }
    std::uint32_t EndpointsUsed() override { return 3; }
    std::uint32_t EndpointsMax() override { return 9; }
    std::vector<sdbus::Struct<std::string, std::string, std::string, std::uint64_t>> Leases() override;
    std::vector<std::string> Warnings() override { return {}; }
    sdbus::Struct<std::string, std::string> LastError() override { return {}; }

    std::unique_ptr<sdbus::IConnection> bus_;
    std::mutex mutex_;
    std::vector<std::string> calls_;
    std::optional<std::pair<std::string, std::string>> error_;
    std::optional<std::string> hostname_; ///< of the one lease
    Variants settings_;
    std::map<std::string, std::string> origins_{{"otgnet/firewall/allow_tcp", "/etc/kvmd/override.yaml:14"}};
};

} // namespace otgnet::sandbox
