// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The order of things: takes intents from the bus and facts from the watchers, keeps the machine where the
/// configuration wants it, and shows the outcome. Owns no resource of the machine; everything goes through ports.
#pragma once

#include "core/cable.hpp"
#include "core/config_layers.hpp"
#include "core/executor.hpp"

#include <deque>

namespace otgnet {

class Controller final : public Intents, public LinkListener {
public:
    /// What the controller knows of the world beside the ports that it changes.
    struct Surroundings {
        ConfigPort& files;
        ClockPort& clock;
        MachinePort& machine;
        MemoryPort& memory;
    };

    Controller(Ports ports, Surroundings surroundings, Face& face);

    /// Reads the files, adopts or removes what a predecessor has left, and goes where the configuration wants. The
    /// watchers should have given their first facts.
    void start();
    /// Takes everything down for the end of the process.
    void stop(Done done);

    // from the bus
    void enable(Done done) override;
    void disable(Done done) override;
    void replug(Done done) override;
    void reload(Done done) override;
    void setConfig(const Settings& changes, bool persist, Done done) override;
    void resetConfig(const std::vector<std::string>& keys, bool persist, Done done) override;
    const LoadedConfig& config() const override { return layers_.current(); }

    // from the network manager
    void leases(const LeaseReport& report) override;
    void backend(const std::string& name) override;
    void warnings(const std::vector<std::string>& texts) override;
    void trouble(std::exception_ptr cause) override;

    // from the watchers
    void udcChanged(const UdcFacts& facts);
    void linkChanged(const LinkFacts& facts);
    void foreignNetworksChanged(std::vector<ForeignNetwork> networks);
    void gadgetsChanged(); ///< a gadget directory came or went
    void firewallLost();   ///< somebody has removed our table
    void clockSet();

private:
    using Work = std::function<void(Done)>;
    struct Job {
        Work work;
        Done done;
    };
    /// Where this differs from what it was when the last try began, another one is worth while. Nothing that our own
    /// tries change is in it.
    struct Circumstances {
        std::string udc;
        std::string takenBy;
        bool gadgets = false; ///< the kernel can make some
        bool kvmdGadget = false;
        bool kvmdBound = false;
        std::vector<ForeignNetwork> overlaps;
        bool operator==(const Circumstances&) const = default;
    };

    /// What was, before a change of the configuration.
    struct Undo {
        ConfigLayers::Before layers;
        std::optional<bool> enabledByCall;
        std::exception_ptr configError;
        LastError error; ///< of a state `failed`
    };

    bool readFiles();                  ///< and whether anything in them is new
    void submit(Work work, Done done); ///< of a caller: refused when too many wait
    void enqueue(Work work, Done done);
    void pump();
    std::chrono::seconds suspendDetach() const;
    void adopt(const Done& done);
    void reconcile(const Done& done);
    void approach(const Done& done);
    void forgetUnknown();
    void raise(const Plan& plan, const Done& done);
    void raised(const std::exception_ptr& outcome, const Done& done);
    void close(const Done& done);
    void fail(const std::exception_ptr& cause, const Done& done);
    void change(const std::function<ConfigLayers::Before()>& edit, const Done& done);
    void changed(const Undo& undo, const std::exception_ptr& outcome, const Done& done);
    void takeBack(const Undo& undo, const std::exception_ptr& outcome, const Done& done);
    Plan target();
    std::optional<std::string> deviceOf(const GadgetPlan& gadget) const;
    void refuseConflict(const Cidr4& network) const;
    void refuseUnboundKvmd(const GadgetPlan& gadget) const;

    bool configEnables() const;
    bool enabled() const;
    bool wanted() const;
    bool onController() const; ///< the gadget, with or without our function
    bool bound() const;
    bool switchedOff() const;
    State state() const;
    Presence::Levels levels() const;
    Circumstances circumstances() const;
    void reconsider();
    bool worthAnotherTry();
    bool outOfOrder();
    bool isInOrder();
    bool isGone(const GadgetPlan& gadget) const;
    bool kvmdCame() const;
    std::vector<ForeignNetwork> overlaps() const; ///< with the network that is configured
    void observe();
    void observeFacts();
    void publish();
    void armTimer();

    Executor executor_;
    ConfigLayers layers_;
    ClockPort& clock_;
    MachinePort& machine_;
    Face& face_;
    Cable cable_;

    UdcFacts udc_;
    LinkFacts link_;
    std::vector<ForeignNetwork> foreign_;
    std::string backend_;
    std::vector<std::string> linkWarnings_;
    std::vector<std::string> troubles_; ///< of the last closing

    std::optional<Plan> plan_;          ///< of what stands, or was last tried
    std::optional<bool> enabledByCall_; ///< Enable or Disable; empty: as the configuration says
    std::exception_ptr configError_;    ///< why there is no configuration at all
    LastError error_;                   ///< why it is closed
    LastError refusedReload_;           ///< why the files are not what is in force
    bool failed_ = false;
    bool renamedBefore_ = false;   ///< the kernel gave another name than expected, and this is the second try
    Circumstances triedIn_;        ///< as they were when the last try began
    bool managerMoved_ = false;    ///< since the last failure: it came, or something changed with it
    bool kvmdWasHere_ = false;     ///< its gadget was shared: wait for it instead of taking the controller away from it
    std::optional<State> passing_; ///< starting or stopping
    bool rebinding_ = false;       ///< the gadget is being unbound, bound or both by ourselves

    std::optional<State> lastState_; ///< as it was published
    BootUsec stateSince_ = 0;

    std::deque<Job> jobs_;
    bool working_ = false;
    bool reconsidering_ = false;
    bool started_ = false;
    bool stopping_ = false;
    std::unique_ptr<ClockPort::Timer> timer_;
    std::unique_ptr<ClockPort::Timer> later_; ///< there are facts that have yet to be published
};

} // namespace otgnet
