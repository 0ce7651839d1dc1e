// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/configfs_watcher.hpp"

#include <fcntl.h>
#include <sys/inotify.h>

#include <array>
#include <cerrno>

namespace otgnet {

namespace {

/// More gadgets than this are not looked at: nobody has them, and every one costs watches.
constexpr std::size_t mostGadgets = 8;

std::vector<std::string> gadgetNames(const KernelRoots& roots) {
    auto names = entries(roots.gadgets(), false);
    names.resize(std::min(names.size(), mostGadgets));
    return names;
}

} // namespace

ConfigfsWatcher::ConfigfsWatcher(KernelRoots roots, std::function<void()> changed)
    : roots_(std::move(roots)), changed_(std::move(changed)), inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (!inotify_)
        throw systemError(ErrorCode::Failed, "cannot watch " + roots_.gadgets().string(), errno);
    source_ = watchFd(inotify_.get(), G_IO_IN, [this](GIOCondition) { onEvent(); });
    layout_ = look();
}

void ConfigfsWatcher::watch(const std::filesystem::path& path, std::uint32_t events) {
    ::inotify_add_watch(inotify_.get(), path.c_str(), events | IN_ONLYDIR); // what is not there yet comes later
}

/// As long as there is no place for gadgets, configfs may be mounted late.
bool ConfigfsWatcher::findPlace() {
    std::error_code error;
    if (std::filesystem::exists(roots_.gadgets(), error)) {
        mountSource_.reset();
        mounts_ = Fd();
        return true;
    }
    if (!mounts_) {
        mounts_ = Fd(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
        if (!mounts_)
            throw systemError(ErrorCode::Failed, "cannot watch /proc/self/mountinfo", errno);
        mountSource_ = watchFd(mounts_.get(), G_IO_PRI, [this](GIOCondition) { compare(); });
    }
    return false;
}

/// Everything is watched before it is looked at, so that nothing is lost between the two.
ConfigfsWatcher::Layout ConfigfsWatcher::look() {
    if (!findPlace())
        return std::nullopt;
    watch(roots_.gadgets(), IN_CREATE | IN_DELETE);
    std::map<std::string, Gadget> layout;
    for (const std::string& name : gadgetNames(roots_)) {
        const GadgetDirectory gadget = roots_.gadget(name);
        watch(gadget.path(), IN_MODIFY); // UDC
        watch(gadget.path() / "configs", IN_CREATE | IN_DELETE);
        watch(gadget.path() / "configs/c.1", IN_CREATE | IN_DELETE);
        layout[name] = {gadget.udc(), gadget.links()};
    }
    return layout;
}

/// The events only say that something happened: what it was is looked at.
void ConfigfsWatcher::onEvent() {
    std::array<char, 4096> buffer{};
    while (::read(inotify_.get(), buffer.data(), buffer.size()) > 0) {
    }
    compare();
}

void ConfigfsWatcher::compare() {
    Layout now = look();
    if (now == layout_)
        return;
    layout_ = std::move(now);
    changed_();
}

} // namespace otgnet
