// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A machine of values for tests of the controller: every port writes what it is asked into one journal, answers at the
/// next turn, and fails where the test says so.
#pragma once

#include "core/controller.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace otgnet::fake {

struct Machine {
    std::vector<std::string> journal;
    std::map<std::string, Error> failures; ///< by journal line; each fails as long as it is in here
    std::deque<std::function<void()>> turns;
    std::set<std::string> gadgets;
    std::string bound; ///< the gadget on the controller
    std::string ifname = "usb0";
    std::optional<GadgetPlan> gadget;
    BootUsec now = 1'000'000;

    void note(const std::string& line) {
        journal.push_back(line);
        if (const auto failure = failures.find(line); failure != failures.end())
            throw failure->second;
    }

    void answer(const std::string& line, Done done) {
        std::exception_ptr error;
        try {
            note(line);
        } catch (...) {
            error = std::current_exception();
        }
        turns.push_back([done = std::move(done), error] { done(error); });
    }

    void settle() {
        while (!turns.empty()) {
            const auto turn = std::move(turns.front());
            turns.pop_front();
            turn();
        }
    }

    std::vector<std::string> takeJournal() { return std::exchange(journal, {}); }
};

struct Gadget : GadgetPort {
    explicit Gadget(Machine& m) : machine(m) {}
    std::optional<std::string> standing(const GadgetPlan& plan) const override {
        return machine.gadget == plan ? std::optional{machine.ifname} : std::nullopt;
    }
    std::string device(const GadgetPlan&) const override { return machine.gadget ? machine.ifname : ""; }
    void put(const GadgetPlan& plan, Done done) override {
        if (!machine.failures.contains("put gadget"))
            machine.gadget = plan;
        machine.answer("put gadget", std::move(done));
    }
    void replug(Done done) override { machine.answer("replug", std::move(done)); }
    void remove(Done done) override {
        machine.gadget.reset();
        machine.answer("remove gadget", std::move(done));
    }
    Machine& machine;
};

struct Link : LinkPort {
    explicit Link(Machine& m) : machine(m) {}
    void publish(const LinkPlan&, Done done) override { machine.answer("publish", std::move(done)); }
    void settle(Done done) override { machine.answer("settle", std::move(done)); }
    void withdraw(Done done) override { machine.answer("withdraw", std::move(done)); }
    Machine& machine;
};

struct Firewall : FirewallPort {
    explicit Firewall(Machine& m) : machine(m) {}
    void put(const FirewallPlan& plan) override {
        last = plan;
        machine.note("put firewall");
    }
    void remove() override { machine.note("remove firewall"); }
    Machine& machine;
    std::optional<FirewallPlan> last;
};

struct Forwarding : ForwardingPort {
    explicit Forwarding(Machine& m) : machine(m) {}
    void set(const std::vector<IfName>& interfaces) override {
        std::string line = "forward";
        for (const IfName& name : interfaces)
            line += ' ' + name.text();
        machine.note(line);
    }
    Machine& machine;
};

struct Hooks : HookPort {
    explicit Hooks(Machine& m) : machine(m) {}
    void run(const std::vector<std::string>& argv, Done done) override {
        machine.answer("run " + argv.front(), std::move(done));
    }
    Machine& machine;
};

/// Knows the few keys that the tests change; the real files have tests of their own.
struct Files : ConfigPort {
    LoadedConfig load(const Settings& runtime) override {
        if (broken)
            throw *broken;
        read = base;
        return relay(runtime, std::nullopt);
    }
    bool isCurrent() const override { return current; }
    LoadedConfig relay(const Settings& runtime, const std::optional<Settings>& settings) override {
        LoadedConfig loaded = read;
        lay(settings.value_or(disk), loaded);
        lay(runtime, loaded);
        return loaded;
    }
    Settings persisted() override { return disk; }
    std::unique_ptr<Staged> stage(const Settings& settings) override {
        if (readOnly)
            throw Error(ErrorCode::ReadOnly, "read-only file system");
        return std::make_unique<StagedSettings>(*this, settings);
    }

    struct StagedSettings final : Staged {
        StagedSettings(Files& f, Settings s) : files(f), settings(std::move(s)) {}
        void commit() override { files.disk = settings; }
        Files& files;
        Settings settings;
    };

    static void lay(const Settings& layer, LoadedConfig& loaded) {
        for (const auto& [key, value] : layer) {
            if (!loaded.settings.contains(key))
                throw ConfigError(key, {"runtime"}, "unknown key");
            loaded.settings[key] = value;
            if (key == "otgnet/firewall/allow_icmp")
                loaded.config.net.allowIcmp = std::get<bool>(value.data);
            if (key == "otg/devices/ethernet/enabled")
                loaded.config.ethernet.enabled = std::get<bool>(value.data);
            if (key == "otg/devices/ethernet/driver")
                loaded.config.ethernet.driver = Driver::ecm;
            if (key == "otgnet/iface/net")
                loaded.config.net.network = *Cidr4::parse(std::get<std::string>(value.data));
        }
    }

    LoadedConfig base; ///< what the files say
    LoadedConfig read; ///< and said when they were read last
    Settings disk;
    std::optional<ConfigError> broken;
    bool readOnly = false;
    bool current = false; ///< nobody has touched the files
};

struct Look : MachinePort {
    explicit Look(Machine& m) : machine(m) {}
    MachineFacts look() override {
        ++looks;
        return {std::string(32, 'a'), "1", machine.gadgets.contains(kvmdGadgetName), *IfName::parse(machine.ifname)};
    }
    bool gadgetExists(const std::string& name) override {
        return name.empty() || machine.gadgets.contains(name) || (machine.gadget && machine.gadget->name == name);
    }
    bool gadgetBound(const std::string& name) override { return machine.bound == name; }
    void follow(const Plan&) override {
        if (onFollow)
            onFollow();
    }
    Machine& machine;
    std::function<void()> onFollow;
    int looks = 0;
};

struct Memory : MemoryPort {
    Told told() const override { return last; }
    void setTold(const Told& told) noexcept override { last = told; }
    Told last;
};

struct Clock : ClockPort {
    explicit Clock(Machine& m) : machine(m) {}
    BootUsec now() const override { return machine.now; }
    std::uint64_t realtimeOffset() const override { return 0; }
    std::unique_ptr<Timer> at(BootUsec when, std::function<void()> call) override {
        deadline = when;
        due = std::move(call);
        return std::make_unique<Timer>();
    }
    /// What comes, comes alone, unless a test collects it.
    std::unique_ptr<Timer> soon(std::function<void()> call) override {
        if (!collects) {
            call();
            return nullptr;
        }
        collected = std::move(call);
        return std::make_unique<Timer>();
    }
    Machine& machine;
    BootUsec deadline = never;
    std::function<void()> due;
    bool collects = false;
    std::function<void()> collected;
};

struct Screen : Face {
    void show(const Status& status) override {
        if (shown.empty() || !(shown.back() == status))
            shown.push_back(status);
    }
    void hostAttached(const std::string& udc, const std::string& speed) override {
        signals.push_back("attached " + udc + ' ' + speed);
    }
    void hostDetached(const std::string& udc, const std::string& reason) override {
        signals.push_back("detached " + udc + ' ' + reason);
    }
    void leaseAdded(const LeaseRow& lease) override { signals.push_back("added " + lease.address); }
    void leaseChanged(const LeaseRow& lease) override { signals.push_back("changed " + lease.address); }
    void leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) override {
        signals.push_back("removed " + lease.address + ' ' + std::string(leaseRemovalName(reason)));
    }

    const Status& status() const { return shown.back(); }
    std::vector<State> states() const {
        std::vector<State> all;
        for (const Status& status : shown)
            if (all.empty() || all.back() != status.state)
                all.push_back(status.state);
        return all;
    }
    std::vector<std::string> takeSignals() { return std::exchange(signals, {}); }

    std::vector<Status> shown;
    std::vector<std::string> signals;
};

} // namespace otgnet::fake
