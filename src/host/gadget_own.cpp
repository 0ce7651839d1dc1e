// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/gadget_own.hpp"

#include "base/loop.hpp"
#include "host/endpoint_budget.hpp"

#include <algorithm>
#include <ranges>

namespace otgnet {

namespace {

constexpr std::string_view ownName = "otgnet";

/// Everything in the gadget that a hand can make, in the order of making.
GadgetTree found(const GadgetDirectory& gadget) {
    GadgetTree tree;
    const auto add = [&](const std::string& directory, bool links) {
        for (const std::string& name : entries(gadget.path() / directory, links))
            if (links)
                tree.links.push_back({directory + "/" + name, ""});
            else
                tree.directories.push_back(directory + "/" + name);
    };
    add("strings", false);
    add("functions", false);
    add("configs", false);
    for (const std::string& config : entries(gadget.path() / "configs", false)) {
        add("configs/" + config + "/strings", false);
        add("configs/" + config, true);
    }
    add("os_desc", true);
    std::erase_if(tree.directories, [](const auto& d) { return d.starts_with("configs/") && d.ends_with("/strings"); });
    return tree;
}

bool wanted(const GadgetTree& tree, const std::string& directory) {
    return std::ranges::find(tree.directories, directory) != tree.directories.end();
}

bool wanted(const GadgetTree& tree, const GadgetTree::Link& link) {
    return std::ranges::any_of(tree.links, [&](const auto& l) { return l.path == link.path; });
}

/// The attributes of a function are closed while it is linked, and its MACs take effect only on a new network device.
bool isStale(const GadgetDirectory& gadget, const GadgetTree& tree, const std::string& directory) {
    return directory.starts_with("functions/") && std::ranges::any_of(tree.attributes, [&](const auto& attribute) {
               return attribute.path.starts_with(directory + "/") && !gadget.holds(attribute);
           });
}

} // namespace

OwnGadget::OwnGadget(KernelRoots roots) : roots_(std::move(roots)), gadget_(roots_.gadget(ownName)) {}

bool OwnGadget::stands(const GadgetPlan& plan) const {
    if (!isBound(roots_, gadget_) || (!plan.udc.empty() && gadget_.udc() != plan.udc))
        return false;
    const GadgetTree tree = describeGadget(plan);
    const GadgetTree there = found(gadget_);
    return gadget_.holds(tree) &&
           std::ranges::all_of(there.directories, [&](const auto& d) { return wanted(tree, d); }) &&
           std::ranges::all_of(there.links, [&](const auto& l) { return wanted(tree, l); });
}

void OwnGadget::check(const GadgetPlan& plan) const {
    requireController(roots_, plan.udc, gadget_.name());
    requireEndpoints({}, plan);
}

void OwnGadget::put(const GadgetPlan& plan) const {
    if (stands(plan))
        return;
    check(plan);
    try {
        build(describeGadget(plan));
        bindGadget(roots_, gadget_, findController(roots_, plan.udc));
    } catch (const Error&) {
        guard("undo", [this] { remove(); });
        throw;
    }
}

void OwnGadget::build(const GadgetTree& tree) const {
    const bool isNew = !exists();
    if (!isNew) {
        gadget_.unbind();
        sweep(tree);
    }
    for (const std::string& directory : tree.directories)
        gadget_.makeDirectory(directory);
    for (const GadgetAttribute& attribute : tree.attributes)
        isNew ? gadget_.set(attribute) : gadget_.write(attribute);
    for (const GadgetTree::Link& link : tree.links)
        gadget_.makeLink(link);
}

/// Takes away what the tree does not have, and what has to be made anew.
void OwnGadget::sweep(const GadgetTree& tree) const {
    GadgetTree there = found(gadget_);
    std::vector<std::string> doomed;
    for (const std::string& directory : there.directories | std::views::reverse)
        if (!wanted(tree, directory) || isStale(gadget_, tree, directory))
            doomed.push_back(directory);
    for (const GadgetTree::Link& link : there.links)
        if (!wanted(tree, link) || !doomed.empty()) // links hold both of their ends
            gadget_.removeLink(link.path);
    for (const std::string& directory : doomed)
        gadget_.removeDirectory(directory);
}

void OwnGadget::unplug() const {
    gadget_.unbind();
    for (const FunctionLink& link : gadget_.links())
        gadget_.removeLink("configs/c.1/" + link.name);
}

void OwnGadget::remove() const {
    if (!exists())
        return;
    gadget_.unbind();
    sweep({});
    gadget_.removeDirectory("");
}

} // namespace otgnet
