// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The machine as a plan sees it: who it is, and the watchers over its controllers and interfaces.
#pragma once

#include "core/ports.hpp"
#include "host/identity.hpp"
#include "host/link_watcher.hpp"
#include "host/udc_watcher.hpp"

namespace otgnet {

class Machine final : public MachinePort {
public:
    /// `root` is where /etc/machine-id is looked for, once. Throws Failed.
    Machine(const KernelRoots& kernel, const std::filesystem::path& root, UdcWatcher::Listener udc, LinkCallbacks link);

    const UdcFacts& udc() const { return udc_.facts(); }

    MachineFacts look() override;
    bool gadgetExists(const std::string& name) override;
    bool gadgetBound(const std::string& name) override;
    void follow(const Plan& plan) override;

private:
    std::vector<std::string> ownDevices() const;
    void linkChanged(const LinkFacts& facts);

    KernelRoots kernel_;
    Identity identity_;
    UdcWatcher udc_;
    std::function<void(const LinkFacts&)> linkTold_;
    LinkWatcher link_;
};

} // namespace otgnet
