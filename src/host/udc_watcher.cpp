// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/udc_watcher.hpp"

#include "base/file.hpp"
#include "host/endpoint_budget.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view configured = "configured";

unsigned endpointsOf(const std::vector<FunctionLink>& links, const fs::path& meta) {
    std::vector<std::string> functions;
    functions.reserve(links.size());
    for (const FunctionLink& link : links)
        functions.push_back(link.function);
    return total(endpointUse(functions, meta));
}

std::optional<std::string> readAgain(const Fd& file) {
    std::array<char, 64> buffer{};
    const ssize_t size = file ? ::pread(file.get(), buffer.data(), buffer.size(), 0) : -1;
    if (size < 0)
        return std::nullopt;
    std::string text(buffer.data(), static_cast<std::size_t>(size));
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

bool isSet(const fs::path& flag) {
    return !flag.empty() && readAttribute(flag) == "1";
}

bool hasNotice(const Fd& state) {
    pollfd poll{.fd = state.get(), .events = POLLPRI, .revents = 0};
    return state && ::poll(&poll, 1, 0) > 0;
}

} // namespace

UdcWatcher::UdcWatcher(KernelRoots roots, UdcChoice choice, Listener listener)
    : roots_(std::move(roots)), choice_(std::move(choice)), listener_(std::move(listener)), udev_(udev_new()),
      configfs_(roots_, [this] {
          refresh();
          listener_.gadgetsChanged();
      }) {
    openMonitor(); // before the first look, so that nothing is lost between the two
    facts_ = look();
    armTimer();
}

void UdcWatcher::openMonitor() {
    monitor_.reset(udev_monitor_new_from_netlink(udev_.get(), "kernel"));
    bool listens = monitor_ != nullptr;
    for (const char* subsystem : {"udc", "module"})
        listens = listens && udev_monitor_filter_add_match_subsystem_devtype(monitor_.get(), subsystem, nullptr) >= 0;
    if (!listens || udev_monitor_enable_receiving(monitor_.get()) < 0)
        throw systemError(ErrorCode::Failed, "cannot listen to uevents", errno);
    monitorSource_ = watchFd(udev_monitor_get_fd(monitor_.get()), G_IO_IN, [this](GIOCondition) { onUevent(); });
}

/// The events only say that something happened; a lost one (ENOBUFS) does so, too. The kernel sends those of all
/// subsystems, and most are none of ours.
void UdcWatcher::onUevent() {
    bool ours = false;
    while (udev_device* device = udev_monitor_receive_device(monitor_.get())) {
        udev_device_unref(device);
        ours = true;
    }
    if (!ours && errno != ENOBUFS)
        return;
    configfs_.compare();
    refresh();
}

void UdcWatcher::choose(UdcChoice choice) {
    if (choice == choice_)
        return lookForUnbind();
    if (choice.gadget != choice_.gadget)
        home_.clear();
    choice_ = std::move(choice);
    refresh();
}

void UdcWatcher::refresh() {
    take(look());
}

void UdcWatcher::lookForUnbind() {
    if (isBoundAnew())
        refresh();
}

bool UdcWatcher::isBoundAnew() const {
    const std::string gadget = gadgetNow(facts_.udc);
    return gadget != facts_.gadget || (!gadget.empty() && bindingOn(roots_, facts_.udc) != facts_.binding);
}

/// All else has events of its own. That of a bind or an unbind may be on its way, too: then both are one change.
void UdcWatcher::refreshState() {
    UdcFacts now = facts_;
    lookAtState(now);
    if (!stateSource_) // a controller that has gone has none
        return refresh();
    if (isBoundAnew())
        lookAtGadget(now);
    lookAtSuspend(now);
    take(std::move(now));
}

/// The kernel tells of the state before it is through with an unbind, but nobody can read the gadget's UDC until it is.
std::string UdcWatcher::gadgetNow(const std::string& udc) const {
    const bool oursIsOn = roots_.gadget(choice_.gadget).udc() == udc;
    const std::string gadget = gadgetOn(roots_, udc);
    return gadget == choice_.gadget && !oursIsOn ? "" : gadget;
}

void UdcWatcher::take(UdcFacts now) {
    const bool changed = now != facts_;
    facts_ = std::move(now);
    armTimer();
    if (changed)
        listener_.facts(facts_);
}

/// The state first: whoever binds and is configured at once shall not be seen configured before he is bound.
UdcFacts UdcWatcher::look() {
    UdcFacts facts;
    facts.udc = controller();
    lookAtState(facts);
    lookAtGadget(facts);
    lookAtSuspend(facts);
    return facts;
}

void UdcWatcher::lookAtState(UdcFacts& facts) {
    facts.state = readState(facts.udc);
    facts.notices = notices_;
    facts.speed = facts.udc.empty() ? "" : readAttribute(roots_.controllers() / facts.udc / "current_speed");
}

void UdcWatcher::lookAtGadget(UdcFacts& facts) const {
    const std::vector<FunctionLink> links = roots_.gadget(choice_.gadget).links();
    const auto ours = [this](const FunctionLink& link) { return link.name == choice_.function; };
    facts.endpointsUsed = endpointsOf(links, choice_.meta);
    facts.gadget = gadgetNow(facts.udc);
    facts.binding = facts.gadget.empty() ? 0 : bindingOn(roots_, facts.udc);
    facts.isDwc2 = isDwc2(roots_, facts.udc);
    facts.withoutUs = !facts.udc.empty() && facts.gadget == choice_.gadget && !choice_.function.empty() &&
                      std::ranges::none_of(links, ours);
}

void UdcWatcher::lookAtSuspend(UdcFacts& facts) {
    suspendFile_ = suspendFile(facts);
    facts.suspended = facts.state == "suspended" || isSet(suspendFile_);
}

/// kvmd's gadget need not be on the first one; while somebody has taken it off, it is still that one that counts.
std::string UdcWatcher::controller() {
    if (!choice_.udc.empty())
        return findController(roots_, choice_.udc);
    if (const std::string now = controllerOf(roots_, choice_.gadget); !now.empty())
        return home_ = now;
    const std::string home = home_.empty() ? "" : findController(roots_, home_);
    return home.empty() ? findController(roots_, "") : home;
}

/// Through one open file: reading it from the start is what ends the poll(2) that has told of a change.
std::string UdcWatcher::readState(const std::string& udc) {
    if (hasNotice(state_)) // whoever reads first takes it away, be it because of another event
        ++notices_;
    else if (stateSource_ && udc == stateOf_)
        return facts_.state; // read now, it would take away a notice that comes meanwhile
    std::optional<std::string> text = udc == stateOf_ ? readAgain(state_) : std::nullopt;
    if (text)
        return *text;
    stateSource_.reset(); // another controller, or one that has gone: its file would wake us for ever
    stateOf_ = udc;
    state_ = Fd(udc.empty() ? -1 : ::open((roots_.controllers() / udc / "state").c_str(), O_RDONLY | O_CLOEXEC));
    text = readAgain(state_);
    if (!text)
        return "";
    stateSource_ =
        watchFd(state_.get(), static_cast<GIOCondition>(G_IO_PRI | G_IO_ERR), [this](GIOCondition) { refreshState(); });
    setFirst(stateSource_, true);
    return *text;
}

/// On other controllers, and while nobody asks again and again, the file would be read at chance moments and never
/// again: there the state counts.
fs::path UdcWatcher::suspendFile(const UdcFacts& facts) const {
    const bool configuredUs = facts.state == configured && facts.gadget == choice_.gadget && !facts.withoutUs;
    if (!facts.isDwc2 || !configuredUs)
        return {};
    const fs::path device = gadgetDevice(roots_, facts.udc);
    return device.empty() ? device : device / "suspended";
}

void UdcWatcher::askForSuspend() {
    if (isSet(suspendFile_) == facts_.suspended)
        armTimer();
    else
        refreshState();
}

void UdcWatcher::armTimer() {
    if (suspendFile_.empty())
        timer_.reset();
    else
        timer_ = callAt(bootNow() + suspendPollUsec, [this] { askForSuspend(); });
}

} // namespace otgnet
