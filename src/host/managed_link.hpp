// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our link with whichever network manager is in charge, and the other one kept away from it.
#pragma once

#include "host/backend_choice.hpp"
#include "host/hands_off.hpp"
#include "host/networkd_link.hpp"

#include <deque>

namespace otgnet {

class ManagedLink final : public LinkPort {
public:
    struct Options {
        std::filesystem::path root = "/";
        std::filesystem::path module{}; ///< "" = where it is installed
        /// A manager that is being restarted is back by then; one that is not is replaced by the other.
        std::chrono::milliseconds restartTime = std::chrono::seconds(10);
    };

    ManagedLink(sdbus::IConnection& bus, LinkListener& listener, Options options);
    ManagedLink(sdbus::IConnection& bus, LinkListener& listener) : ManagedLink(bus, listener, Options{}) {}

    void publish(const LinkPlan& plan, Done done) override;
    void settle(Done done) override;
    void withdraw(Done done) override;

private:
    /// Hears one manager; what comes from the one that is not in charge is nobody's business.
    class Ear final : public LinkListener {
    public:
        Ear(ManagedLink& owner, Backend from) : owner_(owner), from_(from) {}
        void leases(const LeaseReport& report) override;
        void backend(const std::string& name) override;
        void warnings(const std::vector<std::string>& texts) override;
        void trouble(std::exception_ptr cause) override;
        const std::vector<std::string>& lastWarnings() const { return warnings_; }

    private:
        bool counts() const { return owner_.active_ == from_; }
        ManagedLink& owner_;
        Backend from_;
        std::vector<std::string> warnings_;
    };
    using Step = std::function<void(const Done& next)>;
    struct Job {
        std::vector<Step> steps;
        Done done;
    };

    void submit(Job job);
    void runNext();
    void runStep();
    void finishJob(const std::exception_ptr& error);

    std::vector<Step> publishing(const LinkPlan& plan);
    std::vector<Step> withdrawing();
    void choose(const LinkPlan& plan, const Done& next);
    void changeOver(const Done& next);
    void publishWithChosen(const LinkPlan& plan, const Done& next);
    void keepOthersAway(const LinkPlan& plan, const Done& next);
    void withdrawOld(Backend old, const Done& next);
    void withdrawFromModule(const Done& next);

    void setActive(Backend backend);
    void refuse();
    LinkPort& active();
    LinkPort& moduleLink();
    bool moduleHasTraces() const;
    bool moduleExists() const;

    void managersChanged();
    bool someManagerCounts() const;
    void followManager();
    void move();
    void tell(const std::string& name);

    sdbus::IConnection& bus_;
    LinkListener& listener_;
    Options options_;
    Ear networkdEar_{*this, Backend::networkd};
    Ear moduleEar_{*this, Backend::networkManager};

    std::optional<LinkPlan> plan_;   ///< of the last publish()
    bool published_ = false;         ///< it worked, and nothing was withdrawn since
    bool refused_ = false;           ///< it did not work, or does not any more
    bool metNetworkManager_ = false; ///< it ran when the last publish() began
    Backend active_ = Backend::none; ///< in charge
    Backend chosen_ = Backend::none; ///< by the job that runs
    std::string told_;

    std::deque<Job> jobs_; ///< the first one runs
    std::size_t step_ = 0;
    Source soon_, grace_;

    std::unique_ptr<LinkPort> module_;
    NetworkdLink networkd_;
    BackendChooser chooser_;
    HandsOff handsOff_;
};

} // namespace otgnet
