// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/gadget_share.hpp"

#include "base/log.hpp"
#include "host/endpoint_budget.hpp"
#include "host/gadget_meta.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace otgnet {

namespace {

constexpr std::string_view sharedName = "kvmd";
/// Somebody else who has taken the gadget off the controller puts it back after otg/init_delay: kvmd-otg and
/// kvmd-otgconf would fail if we were faster. This much later it is up to us.
constexpr std::chrono::milliseconds grace{1000};

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool hasDescriptors(const std::string& function) {
    return function.starts_with("ncm.") || function.starts_with("rndis.");
}

/// Runs a step of an undo: whatever it throws, the next one has to run.
void attempt(const std::function<void()>& step) {
    guard("putting kvmd's gadget back", step);
}

} // namespace

SharedGadget::SharedGadget(KernelRoots roots) : roots_(std::move(roots)), gadget_(roots_.gadget(sharedName)) {}

bool SharedGadget::stands(const GadgetPlan& plan) const {
    const auto meta = readMeta(plan.meta, plan.function());
    return gadget_.holds(describeFunction(plan)) && isBound(roots_, gadget_) && meta && meta->ours &&
           !meta->relinking && managed(plan) == Names{plan.function()} &&
           (plan.udc.empty() || gadget_.udc() == plan.udc);
}

/// Known by the mark in their meta files, which are written first and removed last.
SharedGadget::Names SharedGadget::ours(const GadgetPlan& plan) const {
    Names names = metaFunctions(plan.meta);
    std::erase_if(names, [&](const std::string& name) {
        const auto meta = readMeta(plan.meta, name);
        return !meta || !meta->ours;
    });
    return names;
}

/// Ours, and what kvmd-otg has made for otg/devices/ethernet: that part of it is ours to do now.
SharedGadget::Names SharedGadget::managed(const GadgetPlan& plan) const {
    Names names;
    for (const std::string& name : gadget_.functions()) {
        const auto meta = readMeta(plan.meta, name);
        const bool ethernet = meta && isEthernet(name) && (meta->ours || meta->ethernet);
        if (ethernet || name == plan.function())
            names.push_back(name);
    }
    return names;
}

/// What else is linked, or was before somebody was killed who had to link it again.
SharedGadget::Names SharedGadget::others(const Names& managed) const {
    Names names;
    for (const FunctionLink& link : gadget_.links())
        names.push_back(link.function);
    for (const std::string& function : ours(plan_))
        if (const auto meta = readMeta(plan_.meta, function); meta && meta->relinking)
            names.insert(names.end(), meta->relinking->begin(), meta->relinking->end());
    const Names there = gadget_.functions();
    std::erase_if(names, [&](const auto& name) { return contains(managed, name) || !contains(there, name); });
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    sortByCreation(names);
    return names;
}

bool SharedGadget::isUnfinished() const {
    return std::ranges::any_of(ours(plan_), [&](const std::string& function) {
        const auto meta = readMeta(plan_.meta, function);
        return meta && meta->relinking;
    });
}

/// Nothing has to be linked or unlinked.
bool SharedGadget::isComposed() const {
    const auto links = gadget_.links();
    return gadget_.holds(describeFunction(plan_)) && managed(plan_) == Names{plan_.function()} &&
           links.size() == others({plan_.function()}).size() + 1;
}

void SharedGadget::check() const {
    const std::string bound = gadget_.udc();
    requireController(roots_, plan_.udc.empty() ? bound : plan_.udc, gadget_.name());
    if (!gadget_.has("configs/c.1"))
        throw Error(ErrorCode::NoController, "there is no gadget '" + gadget_.name() +
                                                 "' to join (otgnet/link/gadget); is kvmd-otg.service running?");
    Names all = managed(plan_);
    all.push_back(plan_.function());
    requireEndpoints(endpointUse(others(all), plan_.meta), plan_);
}

void SharedGadget::join(const GadgetPlan& plan, Done done) {
    start(plan, std::move(done), &SharedGadget::look);
}

void SharedGadget::leave(const GadgetPlan& plan, Done done) {
    start(plan, std::move(done), &SharedGadget::takeOut);
}

void SharedGadget::replug(const GadgetPlan& plan, Done done) {
    start(plan, std::move(done), &SharedGadget::insert);
}

void SharedGadget::start(const GadgetPlan& plan, Done done, void (SharedGadget::*step)()) {
    plan_ = plan;
    done_ = std::move(done);
    error_ = nullptr;
    leaving_ = false;
    replaced_.clear();
    timer_ = callSoon([this, step] { run(step); });
}

void SharedGadget::run(void (SharedGadget::*step)()) {
    try {
        (this->*step)();
    } catch (...) {
        fail(std::current_exception());
    }
}

void SharedGadget::later(std::chrono::milliseconds delay, void (SharedGadget::*step)()) {
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(delay).count();
    timer_ = callAt(bootNow() + static_cast<std::uint64_t>(usec), [this, step] { run(step); });
}

/// A gadget that is off the controller though we did not take it off is in somebody else's hands.
void SharedGadget::look() {
    check();
    if (isBound(roots_, gadget_) || isUnfinished())
        begin();
    else
        later(plan_.initDelay + grace, &SharedGadget::begin);
}

void SharedGadget::begin() {
    check();
    if (!isComposed())
        insert();
    else if (isBound(roots_, gadget_))
        finish();
    else
        later(plan_.initDelay, &SharedGadget::finish);
}

void SharedGadget::insert() {
    const Names mine = managed(plan_);
    const Names rest = others(mine);
    remember(mine);
    writeMeta(plan_.meta, plan_.function(), rest);
    if (!contains(mine, plan_.function()))
        build("functions/"); // what the kernel does not have it refuses here, before the keyboard is touched
    gadget_.unbind();
    unlinkAll();
    makeRoom(mine);
    build("");
    linkAll(rest);
    later(plan_.initDelay, &SharedGadget::finish);
}

void SharedGadget::finish() {
    check();
    if (!isBound(roots_, gadget_))
        bind();
    giveToUser();
    writeMeta(plan_.meta, plan_.function(), std::nullopt);
    answer();
}

void SharedGadget::remember(const Names& managed) {
    for (const std::string& function : managed) {
        const auto meta = readMeta(plan_.meta, function);
        if (!meta || meta->ours)
            continue;
        const std::string directory = "functions/" + function;
        const std::string ids = directory + "/os_desc/interface." + function.substr(0, function.find('.'));
        Replaced old{
            function, metaText(plan_.meta, function), {.directories = {directory}, .attributes = {}, .links = {}}};
        for (const std::string& path : {directory + "/host_addr", directory + "/dev_addr", ids + "/compatible_id",
                                        ids + "/sub_compatible_id", std::string("os_desc/use")})
            if (gadget_.has(path))
                old.tree.attributes.push_back({path, gadget_.read(path)});
        if (gadget_.has("os_desc/c.1"))
            old.tree.links.push_back({"os_desc/c.1", "configs/c.1"});
        const auto links = gadget_.links();
        old.linked = std::ranges::find(links, function, &FunctionLink::function) != links.end();
        replaced_.push_back(old);
    }
}

/// Removes the unlinked functions that were ours, or are not as planned.
void SharedGadget::makeRoom(const Names& managed) const {
    const GadgetTree tree = describeFunction(plan_);
    for (const std::string& function : managed) {
        const bool planned = function == plan_.function();
        if (planned && std::ranges::all_of(tree.attributes, [&](const auto& a) { return gadget_.holds(a); }))
            continue;
        if (hasDescriptors(function))
            dropDescriptors();
        gadget_.removeDirectory("functions/" + function);
        if (!planned)
            removeMeta(plan_.meta, function);
    }
}

void SharedGadget::build(std::string_view below) const {
    const GadgetTree tree = describeFunction(plan_);
    for (const std::string& directory : tree.directories)
        gadget_.makeDirectory(directory);
    for (const GadgetAttribute& attribute : tree.attributes)
        if (attribute.path.starts_with(below))
            gadget_.write(attribute);
}

void SharedGadget::unlinkAll() const {
    for (const FunctionLink& link : gadget_.links())
        gadget_.removeLink("configs/c.1/" + link.name);
}

/// In the order of kvmd, ours among them: it decides who gets an endpoint, and which interface number.
void SharedGadget::linkAll(Names names) const {
    names.push_back(plan_.function());
    sortByCreation(names);
    for (const std::string& name : names)
        gadget_.link({name, name});
    for (const GadgetTree::Link& link : describeFunction(plan_).links)
        gadget_.makeLink(link);
}

void SharedGadget::dropDescriptors() const {
    gadget_.removeLink("os_desc/c.1");
    gadget_.write({"os_desc/use", "0", GadgetAttribute::Reading::number});
}

void SharedGadget::bind() const {
    const std::string udc = requireController(roots_, plan_.udc, gadget_.name());
    bindGadget(roots_, gadget_, udc);
}

/// As kvmd-otg does, so that kvmd may bind and relink without being root.
void SharedGadget::giveToUser() const {
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

/// Also the way back from a join that has failed. What goes wrong here must not keep the rest from being done.
void SharedGadget::takeOut() {
    leaving_ = true;
    const Names mine = ours(plan_);
    if (!gadget_.exists() || mine.empty())
        return finishTakeOut();
    const auto isOurs = [&](const FunctionLink& link) { return contains(mine, link.function); };
    if (std::ranges::any_of(gadget_.links(), isOurs) || !isBound(roots_, gadget_)) {
        unlinkOurs(mine);
        later(plan_.initDelay, &SharedGadget::finishTakeOut);
    } else {
        for (const std::string& function : mine)
            attempt([&] { gadget_.removeDirectory("functions/" + function); });
        finishTakeOut();
    }
}

void SharedGadget::unlinkOurs(const Names& mine) const {
    const Names rest = others(mine);
    attempt([&] { writeMeta(plan_.meta, mine.front(), rest); });
    attempt([&] { gadget_.unbind(); });
    attempt([&] { unlinkAll(); });
    for (const std::string& function : mine) {
        if (hasDescriptors(function))
            attempt([&] { dropDescriptors(); });
        attempt([&] { gadget_.removeDirectory("functions/" + function); });
    }
    putBack(rest);
}

void SharedGadget::putBack(Names rest) const {
    for (const Replaced& old : replaced_) {
        if (old.linked)
            rest.push_back(old.function);
        attempt([&] { gadget_.makeDirectory(old.tree.directories.front()); });
        for (const GadgetAttribute& attribute : old.tree.attributes)
            attempt([&] { gadget_.write(attribute); });
    }
    sortByCreation(rest);
    for (const std::string& function : rest)
        attempt([&] { gadget_.link({function, function}); });
    for (const Replaced& old : replaced_)
        for (const GadgetTree::Link& link : old.tree.links)
            attempt([&] { gadget_.makeLink(link); });
}

void SharedGadget::finishTakeOut() {
    const Names mine = ours(plan_);
    if (!mine.empty() && !isBound(roots_, gadget_) && !gadget_.links().empty()) {
        bind();
        giveToUser();
    }
    for (const std::string& function : mine)
        removeMeta(plan_.meta, function);
    for (const Replaced& old : replaced_)
        restoreMeta(plan_.meta, old.function, old.meta);
    answer();
}

/// The first failure is the one to tell, and it undoes what was done.
void SharedGadget::fail(std::exception_ptr error) {
    if (!error_)
        error_ = error;
    else
        guard("putting kvmd's gadget back", [&] { std::rethrow_exception(error); });
    if (leaving_)
        answer();
    else
        run(&SharedGadget::takeOut);
}

void SharedGadget::answer() {
    const Done done = std::exchange(done_, nullptr);
    timer_.reset();
    done(std::exchange(error_, nullptr));
}

} // namespace otgnet
