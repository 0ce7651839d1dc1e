// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our link with NetworkManager: an in-memory connection in shared mode, what its dnsmasq has to be told, that it shall
/// manage the interface, and the leases that its dnsmasq gives.
#pragma once

#include "core/ports.hpp"
#include "host/nm/activation.hpp"
#include "host/nm/lease_watch.hpp"
#include "host/nm/manager.hpp"
#include "host/nm/profile.hpp"
#include "host/nm/sequence.hpp"
#include "host/nm/stored_profile.hpp"

#include <filesystem>
#include <optional>

namespace otgnet::nm {

class NetworkManagerLink final : public LinkPort {
public:
    /// The listener outlives it.
    NetworkManagerLink(LinkListener& listener, std::filesystem::path root);

    void publish(const LinkPlan& plan, Done done) override;
    void settle(Done done) override;
    void withdraw(Done done) override;

private:
    void put(const LinkPlan& plan, Done done);
    void demandManager() const;
    void writeDnsmasq();
    std::string renderDnsmasq();
    std::vector<Ipv4> announcedDns();
    void lookForDns();
    bool knowsDhcpKeys() const;
    void putManagedConf(const Done& next);
    void compareApplied(const Done& next);
    void reload(const Done& next);
    bool isActive(const IfName& ifname) const;
    void noteUse(const std::optional<IfName>& ifname) const;
    void follow();

    void awaitDeactivation(const Done& next);
    void checkDeactivation();
    void takeHandsOff(const Done& next);
    void removeFiles(const Done& next);
    void endOrphan(const Done& next);
    void withdrawLate();

    void changed();
    void removed(const std::string& path);
    bool dnsHasChanged() const;
    void catchUp();
    void tellBackend();
    void tellWarnings();

    LinkListener& listener_;
    std::filesystem::path root_;
    Manager manager_;
    StoredProfile profile_;
    Activation activation_;
    Sequence sequence_;
    RealtimeOffset clock_;
    std::optional<LeaseWatch> leases_;
    std::optional<LinkPlan> plan_; ///< what is or is being published
    Variant wanted_;               ///< our profile as it shall be
    std::vector<Ipv4> uplinkDns_;
    std::optional<IfName> dnsUplink_; ///< whose those are
    bool inForce_ = false;            ///< plan_ has been published
    bool refused_ = false;            ///< or could not be
    bool renew_ = false;              ///< the active connection was made of something else than what is wanted now
    bool running_ = false;            ///< NetworkManager, when last looked at
    std::string told_;                ///< to the listener as the backend
    std::vector<std::string> planWarnings_;
    std::vector<std::string> confWarnings_; ///< with those of the plan
    std::vector<std::string> toldWarnings_;
    std::optional<IfName> withdrawn_;   ///< whose link is being taken back
    std::function<void()> deactivated_; ///< called when NetworkManager has taken its address off it
    Source deactivation_;               ///< or does not
    bool unheard_ = false;              ///< it was taken back without a word from NetworkManager
    Orphan orphan_;
};

} // namespace otgnet::nm
