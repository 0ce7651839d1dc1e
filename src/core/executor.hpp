// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Walks the steps of a transition over the ports, one after the other, and keeps the account of what stands.
#pragma once

#include "core/ports.hpp"
#include "core/transition.hpp"

namespace otgnet {

/// The machine as the executor needs it; owned by main, outlives it.
struct Ports {
    GadgetPort& gadget;
    LinkPort& link;
    FirewallPort& firewall;
    ForwardingPort& forwarding;
    HookPort& hooks;
};

class Executor {
public:
    using Warn = std::function<void(const std::string&)>;

    /// `warn` gets what went wrong on the way down: it does not stop the closing.
    Executor(Ports ports, Warn warn);

    /// Up: the first failure ends the walk, but for that of a stop command; nothing is undone here.
    void raise(const Plan& plan, Done done);
    /// Unbinds and binds what stands.
    void replug(Done done);
    /// Down: goes on after failures; done gets the first of them. The firewall stays if the gadget could not be
    /// removed.
    void close(Done done);

    /// At the start of the daemon: takes over a gadget that stands exactly as planned; the rest may be anything. Not
    /// with commands of the user's: whether they have run, and what has become of what they started, nobody knows, so
    /// all that stands has to go down, with his stop commands, and come up anew.
    bool adopt(const Plan& plan);
    /// What the network device of this gadget is called, if exactly this stands.
    std::optional<std::string> nameOf(const GadgetPlan& gadget) const { return ports_.gadget.standing(gadget); }
    std::string device(const GadgetPlan& gadget) const { return ports_.gadget.device(gadget); }
    const Standing& standing() const { return standing_; }
    /// The gadget has gone without us (kvmd took its own down, or the controller went).
    void gadgetGone() { standing_.gadget.reset(); }
    /// Somebody has flushed our table: it is put back at once, whatever is under way.
    void firewallLost();
    /// The last walk up failed because the kernel gave our network device another name than expected.
    bool renamed() const { return renamed_; }
    bool busy() const { return static_cast<bool>(done_); }

private:
    void start(Steps steps, Done done);
    void next();
    void closed();
    void skip();
    void run(Step step);
    void runSynchronous(Step step, const std::function<void()>& work);
    void runHook(Step step, const HookCommand& command);
    void finished(Step step, std::exception_ptr error);
    void account(Step step);
    void forget(Step step);
    void warn(Step step, const std::exception_ptr& error) const;
    std::exception_ptr checkIfName();
    std::exception_ptr checkFirewall() const;
    std::vector<IfName> forwarded() const;

    Ports ports_;
    Warn warn_;
    Standing standing_;
    std::optional<Plan> plan_; ///< of the walk up
    Steps steps_;
    std::size_t position_ = 0;
    std::exception_ptr firstError_;
    bool down_ = false;
    bool gadgetStuck_ = false;
    bool renamed_ = false;
    Done done_;
};

} // namespace otgnet
