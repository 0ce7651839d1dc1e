// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the core needs of the machine. Implemented in src/host, faked in unit tests. Single-threaded: everything is
/// called from, and calls back on, the one main loop. Nothing here blocks; what takes time answers through Done.
#pragma once

#include "core/observed.hpp"
#include "core/plan.hpp"

#include <exception>
#include <functional>
#include <memory>

namespace otgnet {

/// Called exactly once, never before the verb has returned; null = done, else an otgnet::Error.
/// A verb that is called while an earlier one of the same port is unanswered is a bug of the caller.
using Done = std::function<void(std::exception_ptr)>;

/// Our function in configfs and the binding to the controller.
class GadgetPort {
public:
    virtual ~GadgetPort() = default;
    /// The name of our network device if configfs holds exactly this and it is bound, else nothing. After a kill -9 the
    /// next start adopts what stands, and the host notices nothing.
    virtual std::optional<std::string> standing(const GadgetPlan& plan) const = 0;
    /// What the kernel has called the network device of a gadget that is bound.
    virtual std::string device(const GadgetPlan& plan) const = 0;
    /// Builds what is missing, takes away what is too much (leftovers of ours included) and binds. On failure the
    /// machine is as if it had not been called: an own gadget is gone, a shared one bound as it was.
    /// NoController, ControllerBusy, NoEndpoints, KernelSupport.
    virtual void put(const GadgetPlan& plan, Done done) = 0;
    /// Unbinds and binds again, so that the host enumerates anew.
    virtual void replug(Done done) = 0;
    /// Takes away everything of ours, whatever put() had done and when; nothing there is fine.
    virtual void remove(Done done) = 0;
};

/// Our profile with the network manager. Also the source of leases: report() of the listener.
class LinkPort {
public:
    virtual ~LinkPort() = default;
    /// Hands over the profile; before the bind. No-op if the manager has exactly this. BackendUnavailable.
    virtual void publish(const LinkPlan& plan, Done done) = 0;
    /// After the bind: waits until the manager has taken the link, and cures it if it failed. BackendUnavailable.
    virtual void settle(Done done) = 0;
    /// Takes the profile back, also one that a killed predecessor has left.
    virtual void withdraw(Done done) = 0;
};

/// What a LinkPort tells, at any time after publish().
class LinkListener {
public:
    virtual ~LinkListener() = default;
    virtual void leases(const LeaseReport& report) = 0;
    /// Name of the manager in charge ("networkd", "networkmanager"), "" while there is none.
    virtual void backend(const std::string& name) = 0;
    /// What it could not honour ("file:line: key: why"); replaces what it said before.
    virtual void warnings(const std::vector<std::string>& texts) = 0;
    /// The link that stood does not work any more, and the manager cannot mend it (BackendUnavailable). Null: something
    /// has changed, and what was refused or failed may work now.
    virtual void trouble(std::exception_ptr cause) = 0;
};

/// The table inet otgnet.
class FirewallPort {
public:
    virtual ~FirewallPort() = default;
    virtual void put(const FirewallPlan& plan) = 0; ///< one transaction. Throws Firewall.
    virtual void remove() = 0;                      ///< gone is fine. Throws Firewall.
};

/// net.ipv4.conf.<interface>.forwarding of our link and the uplink.
class ForwardingPort {
public:
    virtual ~ForwardingPort() = default;
    /// Switches forwarding on for these and holds it on when somebody else resets it; an empty list gives everything
    /// back as it was found, also what a killed predecessor has changed. Throws Firewall.
    virtual void set(const std::vector<IfName>& interfaces) = 0;
};

/// The user's own commands.
class HookPort {
public:
    virtual ~HookPort() = default;
    virtual void run(const std::vector<std::string>& argv, Done done) = 0; ///< HookFailed
};

/// Files below /etc, /usr/lib and /var/lib, with the runtime layer laid on top.
class ConfigPort {
public:
    /// A settings.yaml that is written and safe on the disk, but not in its place; one that is not committed goes away.
    struct Staged {
        virtual ~Staged() = default;
        virtual void commit() = 0; ///< Throws ReadOnly.
    };

    virtual ~ConfigPort() = default;
    /// Reads the files anew and validates everything. `runtime` holds keys as in GetConfig. Throws ConfigError.
    virtual LoadedConfig load(const Settings& runtime) = 0;
    /// Whether load() would find what the last one that succeeded has found.
    virtual bool isCurrent() const = 0;
    /// The same with what was read by the last load() that succeeded: what has been edited since then is not looked at.
    /// `settings` stand for those of settings.yaml. Throws ConfigError.
    virtual LoadedConfig relay(const Settings& runtime, const std::optional<Settings>& settings) = 0;
    /// The persisted layer as it stands in settings.yaml. Throws ConfigError.
    virtual Settings persisted() = 0;
    /// The next settings.yaml. Throws ReadOnly.
    virtual std::unique_ptr<Staged> stage(const Settings& settings) = 0;
};

/// What the bus has been told that holds still.
struct Told {
    bool host = false;   ///< one is attached
    bool leases = false; ///< there are some
    bool operator==(const Told&) const = default;
};

/// What cannot be looked at and has to outlive a kill -9.
class MemoryPort {
public:
    virtual ~MemoryPort() = default;
    virtual Told told() const = 0;
    virtual void setTold(const Told& told) noexcept = 0;
};

/// The watchers, as far as they have to be told where to look.
class MachinePort {
public:
    virtual ~MachinePort() = default;
    /// What a plan needs to know, as it is now.
    virtual MachineFacts look() = 0;
    virtual bool gadgetExists(const std::string& name) = 0; ///< in configfs, bound or not; "": the place of all gadgets
    virtual bool gadgetBound(const std::string& name) = 0;  ///< to any controller, as it is now
    /// Which controller, gadget and network device the facts shall be about, and which network others may not use. What
    /// is known of them is told before this returns, and what has become of the gadget.
    virtual void follow(const Plan& plan) = 0;
};

/// Time. A timer that is destroyed does not fire.
class ClockPort {
public:
    struct Timer {
        virtual ~Timer() = default;
    };

    virtual ~ClockPort() = default;
    virtual BootUsec now() const = 0;
    /// What to add to a BootUsec to get µs since the epoch. Rounded so that it only changes when the clock is set.
    virtual std::uint64_t realtimeOffset() const = 0;
    virtual std::unique_ptr<Timer> at(BootUsec when, std::function<void()> call) = 0;
    /// At the next turn of the loop, after all that has happened by now.
    virtual std::unique_ptr<Timer> soon(std::function<void()> call) = 0;
};

} // namespace otgnet
