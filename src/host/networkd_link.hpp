// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our link with systemd-networkd: a profile below /run and what becomes of it.
#pragma once

#include "core/ports.hpp"
#include "host/networkd_bus.hpp"

#include <deque>
#include <filesystem>

namespace otgnet {

class NetworkdLink final : public LinkPort, private NetworkdListener {
public:
    /// Bus and listener outlive it; `profile` is the file that is ours. It must not be destroyed inside a call to the
    /// listener or to a Done.
    NetworkdLink(sdbus::IConnection& bus, LinkListener& listener, std::filesystem::path profile);

    void publish(const LinkPlan& plan, Done done) override;
    void settle(Done done) override;
    void withdraw(Done done) override;
    /// In place of publish(), where another manager publishes the link: networkd shall leave it alone, whatever other
    /// files match it. It is not started for that. Taken back by withdraw().
    void leaveAlone(const IfName& ifname, Done done);

private:
    enum class Stage {
        idle,
        leaving,     ///< leaveAlone() waits for the answer to Reload
        starting,    ///< publish() waits for networkd to own its name
        reloading,   ///< publish() waits for the answer to Reload
        settling,    ///< settle() waits for the link to be configured
        withdrawing, ///< withdraw() waits for the answer to Reload
    };
    struct Snapshot {
        std::vector<Lease> leases;
        bool fresh;
    };

    void onRunning(bool running) override;
    void onState(const std::string& state) override;
    void onLeases(const std::vector<BusLease>& raw) override;

    void begin(Stage stage, std::chrono::seconds time, Done done, std::function<void()> work);
    void finish(std::exception_ptr error);
    void fail(const std::string& text);
    void onTimeout();

    void forget();
    bool storeProfile();
    void handOver();
    void startNetworkd();
    void reload();
    void onReloaded(const std::optional<BusFailure>& failure);
    void checkProfile(std::function<void(bool ours)> answer);
    void onConfigured();
    void settled();
    void doubt();
    std::string taken() const;
    void cure();
    void report(const LinkDescription& description);
    void tellBackend(const std::string& name);

    LinkListener& listener_;
    std::filesystem::path profile_;

    std::optional<LinkPlan> plan_;    ///< empty: nothing of ours shall be there
    std::optional<std::string> text_; ///< of the file; empty: there shall be none
    bool touched_ = false;            ///< some verb has been called
    bool stale_ = true;               ///< networkd may not have read the file as it is
    unsigned reloads_ = 0;            ///< how often it was asked to read it
    bool stands_ = false;             ///< settle() has succeeded, and no verb was called since
    std::string foreignFile_;         ///< profile of somebody else that is in force
    std::string backend_;             ///< as told to the listener

    Stage stage_ = Stage::idle;
    Done done_;
    Source work_, timeout_, retry_, doubt_;

    std::string state_;  ///< AdministrativeState of the link, "" = unknown
    bool cured_ = false; ///< a failed link is reconfigured once
    bool fresh_ = true;  ///< the next lease report is the first since networkd (re)started or reconfigured the link
    std::deque<Snapshot> snapshots_; ///< wait for the host names
    std::map<LeaseClient, std::string> hostnames_;
    unsigned generation_ = 0; ///< of snapshots_; an answer may come when its question is forgotten

    NetworkdBus networkd_; ///< last: calls us from its constructor's answers on
};

} // namespace otgnet
