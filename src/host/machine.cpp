// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/machine.hpp"

#include <net/if.h>

#include <algorithm>

namespace otgnet {

namespace {

/// As they are now: the watcher may not have read yet that an interface of ours is gone.
std::vector<std::string> interfaceNames() {
    const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> table(if_nameindex(), if_freenameindex);
    std::vector<std::string> names;
    for (const auto* entry = table.get(); entry != nullptr && entry->if_index != 0; ++entry)
        names.emplace_back(entry->if_name);
    return names;
}

} // namespace

Machine::Machine(const KernelRoots& kernel, std::filesystem::path root, UdcWatcher::Listener udc, LinkCallbacks link)
    : kernel_(kernel), root_(std::move(root)), udc_(kernel, {"", ownGadgetName, {}}, std::move(udc)),
      link_(std::move(link)) {}

MachineFacts Machine::look(const std::string& ours) {
    const Identity identity = readIdentity(root_);
    std::vector<std::string> names = interfaceNames();
    std::erase(names, ours);
    return {identity.machineId, identity.serialNumber, gadgetExists(kvmdGadgetName), predictIfName(names)};
}

bool Machine::gadgetExists(const std::string& name) {
    return kernel_.gadget(name).exists();
}

void Machine::follow(const Plan& plan) {
    udc_.choose({plan.gadget.udc, plan.gadget.name, plan.gadget.meta});
    link_.follow(plan.link.ifname, plan.link.network);
}

} // namespace otgnet
