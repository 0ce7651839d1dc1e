// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/machine.hpp"

#include "host/endpoint_budget.hpp"

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

Machine::Machine(const KernelRoots& kernel, const std::filesystem::path& root, UdcWatcher::Listener udc,
                 LinkCallbacks link)
    : kernel_(kernel), identity_(readIdentity(root)), udc_(kernel, {"", ownGadgetName, {}}, std::move(udc)),
      linkTold_(std::move(link.link)),
      link_({[this](const LinkFacts& facts) { linkChanged(facts); }, std::move(link.foreign)}) {}

/// The cause before its effect: what an unbind has done is not to look like a cable that was pulled.
void Machine::linkChanged(const LinkFacts& facts) {
    if (!facts.carrier)
        udc_.lookForUnbind();
    linkTold_(facts);
}

/// By configfs, not by name: what is called usb0 may be somebody's modem. A function of ours gives its device's name to
/// the one that takes its place.
std::vector<std::string> Machine::ownDevices() const {
    std::vector<std::string> devices;
    for (const std::string& name : {ownGadgetName, kvmdGadgetName}) {
        const GadgetDirectory gadget = kernel_.gadget(name);
        for (const std::string& function : gadget.functions())
            if (isEthernet(function) && function.ends_with(".usb0"))
                devices.push_back(gadget.networkDevice(function));
    }
    return devices;
}

MachineFacts Machine::look() {
    std::vector<std::string> names = interfaceNames();
    for (const std::string& device : ownDevices())
        std::erase(names, device);
    return {identity_.machineId, identity_.serialNumber, gadgetExists(kvmdGadgetName), predictIfName(names)};
}

bool Machine::gadgetExists(const std::string& name) {
    return kernel_.gadget(name).exists();
}

bool Machine::gadgetBound(const std::string& name) {
    return !controllerOf(kernel_, name).empty();
}

void Machine::follow(const Plan& plan) {
    udc_.choose({plan.gadget.udc, plan.gadget.name, plan.gadget.meta, plan.gadget.function()});
    link_.follow(plan.link.ifname, plan.link.network);
}

} // namespace otgnet
