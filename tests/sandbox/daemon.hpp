// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The whole otgnetd in a world of its own: stand-in kernel, veth as the cable, a namespace as the host.
#pragma once

#include "sandbox/caller.hpp"
#include "sandbox/kernel.hpp"
#include "sandbox/world.hpp"

#include <optional>

namespace otgnet::sandbox {

class Daemon {
public:
    /// `configuration` becomes /etc/kvmd/override.yaml. The daemon runs; there is a controller.
    Daemon(World& world, const std::string& configuration);

    static void configure(const std::string& configuration);
    void start(); ///< and waits until it has its name
    void signal(int number) const { process_->signal(number); }
    int terminate() { return process_->terminate(); }
    int kill() { return process_->kill(); }
    /// Exit code of another process, with these options.
    int run(const std::vector<std::string>& options) const { return spawn(options).wait(patience); }
    pid_t pid() const { return process_->pid(); }

    Kernel& kernel() { return kernel_; }
    Caller& caller() { return *caller_; }
    ctl::Service& call() { return caller_->call(); }

    void plugHost() const;   ///< a host configures us and brings its end of the cable up
    void unplugHost() const; ///< the cable is pulled; as with most controllers the state says nothing of it

private:
    Process spawn(const std::vector<std::string>& options) const;

    World& world_;
    Kernel kernel_{"host"};
    std::optional<Process> process_;
    std::optional<Caller> caller_;
};

} // namespace otgnet::sandbox
