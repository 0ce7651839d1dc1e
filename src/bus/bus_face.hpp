// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The object /org/pikvm/OtgNet: a view of the last Status, and calls translated into intents.
#pragma once

#include "base/sdbus.hpp"
#include "bus/authority.hpp"
#include "bus/call_limit.hpp"
#include "core/intents.hpp"

#include <otgnet-adaptor.hpp>

#include <map>
#include <string>
#include <vector>

namespace otgnet {

class BusFace final : public Face, private sdbus::AdaptorInterfaces<org::pikvm::OtgNet1_adaptor> {
public:
    static constexpr const char* busName = "org.pikvm.OtgNet";
    static constexpr const char* objectPath = "/org/pikvm/OtgNet";

    /// All must outlive it.
    BusFace(sdbus::IConnection& bus, Authority& authority, std::string version);
    BusFace(const BusFace&) = delete;
    BusFace& operator=(const BusFace&) = delete;
    ~BusFace() override;

    /// Puts the object on the bus and answers calls from now on. The bus name is requested by the composer after this
    /// and after the first show(), so that nobody sees a half-made service. `intents` must outlive this.
    void serve(Intents& intents);

    void show(const Status& status) override;
    void hostAttached(const std::string& udc, const std::string& speed) override;
    void hostDetached(const std::string& udc, const std::string& reason) override;
    void leaseAdded(const LeaseRow& lease) override;
    void leaseChanged(const LeaseRow& lease) override;
    void leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) override;

private:
    using Details = std::map<std::string, std::string>;
    /// Signals go out only while somebody can hear them. A failure is logged: no subscriber may hurt the service.
    void emit(const char* what, const std::function<void()>& send);
    /// The five beats of a handler: the arguments are read; ask polkit; do; reply.
    void guarded(const char* method, sdbus::Result<>&& result, Details details, std::function<void(Done)> verb);

    void Enable(sdbus::Result<>&& result) override;
    void Disable(sdbus::Result<>&& result) override;
    void Replug(sdbus::Result<>&& result) override;
    void Reload(sdbus::Result<>&& result) override;
    void SetConfig(sdbus::Result<>&& result, std::map<std::string, sdbus::Variant> changes, bool persist) override;
    void ResetConfig(sdbus::Result<>&& result, std::vector<std::string> keys, bool persist) override;
    std::map<std::string, sdbus::Variant> GetConfig() override;
    std::map<std::string, std::string> GetConfigOrigins() override;
    std::map<std::string, std::vector<std::string>> GetChoices() override;

    std::string Version() override;
    std::string State() override;
    std::uint64_t StateSince() override;
    bool Enabled() override;
    std::string Backend() override;
    std::string Driver() override;
    std::string Udc() override;
    std::string UdcState() override;
    std::string Speed() override;
    bool Carrier() override;
    bool Suspended() override;
    std::string Gadget() override;
    std::string Interface() override;
    std::string HostMac() override;
    std::string KvmMac() override;
    std::string Address() override;
    std::string Network() override;
    std::string ForwardInterface() override;
    bool AllowIcmp() override;
    std::vector<std::uint16_t> AllowTcp() override;
    std::vector<std::uint16_t> AllowUdp() override;
    std::vector<std::string> Dns() override;
    std::uint32_t EndpointsUsed() override;
    std::uint32_t EndpointsMax() override;
    std::vector<sdbus::Struct<std::string, std::string, std::string, std::uint64_t>> Leases() override;
    std::vector<std::string> Warnings() override;
    sdbus::Struct<std::string, std::string> LastError() override;

    CallLimit limit_;
    Authority& authority_;
    std::string version_;
    Intents* intents_ = nullptr; ///< null until serve()
    Status status_;              ///< the last one shown, printable
};

} // namespace otgnet
