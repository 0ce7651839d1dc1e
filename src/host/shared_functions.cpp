// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/shared_functions.hpp"

#include "base/log.hpp"
#include "base/loop.hpp"
#include "host/endpoint_budget.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace otgnet {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool hasDescriptors(const std::string& function) {
    return function.starts_with("ncm.") || function.starts_with("rndis.");
}

std::string directoryOf(const std::string& function) {
    return "functions/" + function;
}

/// Runs a step of an undo: whatever it throws, the next one has to run.
void attempt(const std::function<void()>& step) {
    guard("putting kvmd's gadget back", step);
}

} // namespace

SharedFunctions::SharedFunctions(const KernelRoots& roots, MarkPlace place, GadgetPlan plan)
    : roots_(roots), gadget_(roots_.gadget(kvmdGadgetName)), place_(std::move(place)), plan_(std::move(plan)) {}

// --- looking --------------------------------------------------------------------------------------------------------

bool SharedFunctions::stand() const {
    const auto meta = readMeta(plan_.meta, plan_.function());
    return gadget_.holds(describeFunction(plan_)) && areBound() && meta && meta->mark && !meta->mark->relinking &&
           managed() == Names{plan_.function()} && (plan_.udc.empty() || gadget_.udc() == plan_.udc);
}

bool SharedFunctions::areComposed() const {
    return gadget_.holds(describeFunction(plan_)) && managed() == Names{plan_.function()} &&
           gadget_.links().size() == others({plan_.function()}).size() + 1;
}

std::filesystem::path SharedFunctions::marks() const {
    return place_.directory().value_or(plan_.meta);
}

/// Known by the mark in their meta files, which are written first and removed last.
SharedFunctions::Names SharedFunctions::ours() const {
    Names names = metaFunctions(marks());
    std::erase_if(names, [&](const std::string& name) {
        const auto meta = readMeta(marks(), name);
        return !isEthernet(name) || !meta || !meta->mark;
    });
    return names;
}

/// Ours, and what kvmd-otg has made for otg/devices/ethernet: that part of it is ours to do now.
SharedFunctions::Names SharedFunctions::managed() const {
    Names names;
    for (const std::string& name : gadget_.functions()) {
        const auto meta = readMeta(plan_.meta, name);
        const bool ethernet = meta && isEthernet(name) && (meta->mark || meta->ethernet);
        if (ethernet || name == plan_.function())
            names.push_back(name);
    }
    return names;
}

/// What else is linked, or was before somebody was killed who had to link it again.
SharedFunctions::Names SharedFunctions::others(const Names& managed) const {
    Names names = mark_.relinking.value_or(Names{});
    for (const FunctionLink& link : gadget_.links())
        names.push_back(link.function);
    const Names there = gadget_.functions();
    std::erase_if(names, [&](const auto& name) { return contains(managed, name) || !contains(there, name); });
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    sortByCreation(names);
    return names;
}

bool SharedFunctions::isLinked(const std::string& function) const {
    const auto links = gadget_.links();
    return std::ranges::find(links, function, &FunctionLink::function) != links.end();
}

const ReplacedFunction* SharedFunctions::replaced(const std::string& function) const {
    const auto found = std::ranges::find(mark_.replaced, function, &ReplacedFunction::function);
    return found == mark_.replaced.end() ? nullptr : &*found;
}

/// kvmd had made just what was planned: to leave takes no more than its meta file.
bool SharedFunctions::areAsBefore(const Names& mine) const {
    const auto isAsBefore = [&](const std::string& function) {
        const ReplacedFunction* before = replaced(function);
        return before != nullptr && before->stands(gadget_) && before->linked == isLinked(function);
    };
    return areBound() && mine.size() == mark_.replaced.size() && std::ranges::all_of(mine, isAsBefore);
}

/// The controller that the gadget is on, or was on before it was taken off; "" = not known, or gone.
std::string SharedFunctions::home() const {
    return mark_.udc.empty() ? "" : findController(roots_, mark_.udc);
}

std::string SharedFunctions::target() const {
    return plan_.udc.empty() ? home() : plan_.udc;
}

void SharedFunctions::check() const {
    requireController(roots_, target(), gadget_.name());
    if (!gadget_.has("configs/c.1"))
        throw Error(ErrorCode::NoController, "there is no gadget '" + gadget_.name() +
                                                 "' to join (otgnet/link/gadget); is kvmd-otg.service running?");
    Names all = managed();
    all.push_back(plan_.function());
    requireEndpoints(endpointUse(others(all), plan_.meta), plan_);
}

// --- the marks ------------------------------------------------------------------------------------------------------

void SharedFunctions::moveMarks() const {
    const std::filesystem::path from = marks();
    const Names mine = ours();
    if (from == plan_.meta)
        return;
    for (const std::string& function : mine)
        restoreMeta(plan_.meta, function, metaText(from, function));
    place_.set(plan_.meta);
    for (const std::string& function : mine)
        removeMeta(from, function);
}

void SharedFunctions::recall() {
    mark_ = {};
    const auto add = [&](const ReplacedFunction& function) {
        if (!replaced(function.function))
            mark_.replaced.push_back(function);
    };
    for (const std::string& function : ours()) {
        const ShareMark mark = readMeta(marks(), function).value_or(FunctionMeta{}).mark.value_or(ShareMark{});
        mark_.udc = mark.udc;
        if (mark.relinking)
            mark_.relinking = *mark.relinking;
        std::ranges::for_each(mark.replaced, add);
    }
    if (areBound())
        mark_.udc = gadget_.udc();
    for (const std::string& function : managed())
        if (const auto meta = readMeta(plan_.meta, function); meta && !meta->mark)
            add(describeReplaced(gadget_, function, metaText(plan_.meta, function)));
}

// --- the way in -----------------------------------------------------------------------------------------------------

void SharedFunctions::prepare() {
    place_.set(plan_.meta);
    if (!contains(ours(), plan_.function())) {
        marked_ = true;
        writeMeta(plan_.meta, plan_.function(), mark_);
    }
    if (!gadget_.has(directoryOf(plan_.function()))) {
        made_ = true;
        build("functions/");
    }
}

void SharedFunctions::discard() const {
    if (made_)
        attempt([&] { gadget_.removeDirectory(directoryOf(plan_.function())); });
    const ReplacedFunction* before = replaced(plan_.function());
    if (marked_ && before)
        attempt([&] { restoreMeta(plan_.meta, before->function, before->meta); });
    else if (marked_)
        attempt([&] { removeMeta(plan_.meta, plan_.function()); });
    if (!hasOurs())
        attempt([&] { place_.clear(); });
}

void SharedFunctions::compose() {
    const Names mine = managed();
    const Names rest = others(mine);
    ShareMark mark = mark_;
    mark.relinking = rest;
    writeMeta(plan_.meta, plan_.function(), mark);
    mark_ = mark;
    touched_ = true;
    gadget_.unbind();
    unlinkAll();
    makeRoom(mine);
    build("");
    linkAll(rest);
}

/// Removes the unlinked functions that were ours, or are not as planned.
void SharedFunctions::makeRoom(const Names& managed) const {
    const GadgetTree tree = describeFunction(plan_);
    const auto holds = [&](const GadgetAttribute& a) { return !a.path.starts_with("functions/") || gadget_.holds(a); };
    for (const std::string& function : managed) {
        const bool planned = function == plan_.function();
        if (planned && std::ranges::all_of(tree.attributes, holds))
            continue;
        remove(function);
        if (!planned)
            removeMeta(plan_.meta, function);
    }
}

void SharedFunctions::build(std::string_view below) const {
    const GadgetTree tree = describeFunction(plan_);
    for (const std::string& directory : tree.directories)
        gadget_.makeDirectory(directory);
    for (const GadgetAttribute& attribute : tree.attributes)
        if (attribute.path.starts_with(below))
            gadget_.write(attribute);
}

void SharedFunctions::unlinkAll() const {
    for (const FunctionLink& link : gadget_.links())
        gadget_.removeLink("configs/c.1/" + link.name);
}

/// In the order of kvmd, ours among them: it decides who gets an endpoint, and which interface number.
void SharedFunctions::linkAll(Names names) const {
    names.push_back(plan_.function());
    sortByCreation(names);
    for (const std::string& name : names)
        gadget_.link({name, name});
    for (const GadgetTree::Link& link : describeFunction(plan_).links)
        gadget_.makeLink(link);
}

void SharedFunctions::bind() const {
    if (!areBound())
        bindGadget(roots_, gadget_, requireController(roots_, target(), gadget_.name()));
}

void SharedFunctions::keep() {
    giveToUser();
    mark_.udc = gadget_.udc();
    mark_.relinking.reset();
    place_.set(plan_.meta);
    writeMeta(plan_.meta, plan_.function(), mark_);
}

/// As kvmd-otg does, so that kvmd may bind and relink without being root.
void SharedFunctions::giveToUser() const {
    if (plan_.user.empty())
        return;
    const passwd* user = ::getpwnam(plan_.user.c_str());
    if (!user) {
        log::warning("otg/user: there is no user '" + plan_.user + "'; kvmd cannot switch the functions of its gadget");
        return;
    }
    for (const char* name : {"UDC", "configs/c.1"})
        if (::chown((gadget_.path() / name).c_str(), user->pw_uid, static_cast<gid_t>(-1)) < 0)
            log::warning(systemError(ErrorCode::Failed,
                                     "cannot give " + (gadget_.path() / name).string() + " to " + plan_.user, errno)
                             .what());
}

// --- the way out ----------------------------------------------------------------------------------------------------

bool SharedFunctions::takeOut() {
    const Names mine = ours();
    if (!exist() || mine.empty() || areAsBefore(mine))
        return false;
    const bool linked = std::ranges::any_of(mine, [&](const auto& function) { return isLinked(function); });
    if (!linked && areBound()) { // somebody has switched ours off, so kvmd's does not come back switched on
        for (const std::string& function : mine)
            attempt([&] { gadget_.removeDirectory(directoryOf(function)); });
        for (const ReplacedFunction& before : mark_.replaced)
            before.make(gadget_);
        return false;
    }
    const Names rest = others(mine);
    mark_.relinking = rest;
    attempt([&] { writeMeta(marks(), mine.front(), mark_); });
    attempt([&] { gadget_.unbind(); });
    attempt([&] { unlinkAll(); });
    for (const std::string& function : mine)
        attempt([&] { remove(function); });
    putBack(rest);
    return true;
}

void SharedFunctions::remove(const std::string& function) const {
    if (hasDescriptors(function))
        dropDescriptors();
    gadget_.removeDirectory(directoryOf(function));
}

void SharedFunctions::dropDescriptors() const {
    gadget_.removeLink("os_desc/c.1");
    gadget_.write({"os_desc/use", "0", GadgetAttribute::Reading::number});
}

void SharedFunctions::putBack(Names rest) const {
    for (const ReplacedFunction& before : mark_.replaced) {
        before.make(gadget_);
        if (before.linked)
            rest.push_back(before.function);
    }
    sortByCreation(rest);
    for (const std::string& function : rest)
        attempt([&] { gadget_.link({function, function}); });
}

void SharedFunctions::bindAgain() const {
    if (!hasOurs() || areBound() || gadget_.links().empty())
        return;
    const std::string udc = home().empty() ? findController(roots_, plan_.udc) : home();
    bindGadget(roots_, gadget_, requireController(roots_, udc, gadget_.name()));
}

void SharedFunctions::forget() const {
    const Names mine = ours();
    const auto isBack = [&](const ReplacedFunction& before) {
        return !mine.empty() && !before.meta.empty() && gadget_.has(directoryOf(before.function));
    };
    for (const ReplacedFunction& before : mark_.replaced)
        if (isBack(before))
            restoreMeta(marks(), before.function, before.meta);
    for (const std::string& function : mine)
        if (const ReplacedFunction* before = replaced(function); !before || !isBack(*before))
            removeMeta(marks(), function);
    place_.clear();
}

} // namespace otgnet
