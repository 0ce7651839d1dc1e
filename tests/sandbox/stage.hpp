// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A daemon with networkd on a machine where a test lets something go wrong.
#pragma once

#include "sandbox/daemon.hpp"
#include "sandbox/kvmd_gadget.hpp"

namespace otgnet::sandbox {

struct Stage {
    /// `configuration` is what override.yaml says at first.
    explicit Stage(const std::string& configuration) : daemon(world, configuration) {}

    ctl::Service& call() { return daemon.call(); }
    /// kvmd's gadget comes, with a keyboard, bound, with its meta files where kvmd has them.
    void startKvmd();

    World world{{.cable = false}};
    Process networkd = world.startNetworkd();
    Daemon daemon;
    std::optional<KvmdGadget> kvmd{};
    std::optional<Process> helper{};
};

/// What must not differ between before a failure and after it.
struct Machine {
    explicit Machine(Stage& stage);
    bool operator==(const Machine&) const = default;

    std::string ruleset;
    KernelTree kernel;
    std::vector<std::string> profiles;
    unsigned interface;
};

/// What a call failed with; both empty: it did not.
struct Failure {
    std::string name;
    std::string text;
};
Failure failureOf(const std::function<void()>& call);
/// The error of ours, with these words in its text.
void expectFailure(const Failure& failure, const std::string& name, const std::vector<std::string>& words);

std::string rules(); ///< of the firewall, everybody's
void makeReadOnly(const std::filesystem::path& directory);
/// Somebody who has the table inet otgnet as his own, after a first command: the kernel lets nobody else change it.
Process holdTable(const std::string& first = "");

} // namespace otgnet::sandbox
