// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The controller as it is: state by poll(2), coming, going, bind and unbind by uevents straight from the kernel (no
/// udevd needed), what others do in configfs by inotify. Only the suspend of a dwc2 has to be asked for: nothing tells
/// it.
#pragma once

#include "core/observed.hpp"
#include "host/configfs_watcher.hpp"

#include <libudev.h>

namespace otgnet {

/// What to look at.
struct UdcChoice {
    std::string udc;            ///< otg/udc; "" = the one that the gadget is on, or was, else the first
    std::string gadget;         ///< whose functions count as EndpointsUsed
    std::filesystem::path meta; ///< otg/meta
    std::string function{};     ///< of ours in it: while it is linked, a host has configured us and not somebody else
    bool operator==(const UdcChoice&) const = default;
};

class UdcWatcher {
public:
    struct Listener {
        std::function<void(const UdcFacts&)> facts; ///< on change only
        std::function<void()> gadgetsChanged;       ///< as ConfigfsWatcher's; after facts() of the same event
    };

    /// How often a dwc2 is asked for the suspend while a host has configured us.
    static constexpr std::uint64_t suspendPollUsec = 2'000'000;

    /// Looks at what is there before it returns, but calls back from the main loop and from choose(). Throws Failed.
    UdcWatcher(KernelRoots roots, UdcChoice choice, Listener listener);

    void choose(UdcChoice choice); ///< and looks what has become of the gadget
    /// To be called when the link has lost its carrier: an unbind takes it, and the events of that may be on their way.
    void lookForUnbind();
    const UdcFacts& facts() const { return facts_; }

private:
    void openMonitor();
    void onUevent();
    void refresh();
    void refreshState();
    bool isBoundAnew() const; ///< or not at all any more, compared with facts_
    std::string gadgetNow(const std::string& udc) const;
    void take(UdcFacts now);
    UdcFacts look();
    void lookAtState(UdcFacts& facts);
    void lookAtGadget(UdcFacts& facts) const;
    void lookAtSuspend(UdcFacts& facts);
    std::string controller();
    std::string readState(const std::string& udc);
    std::filesystem::path suspendFile(const UdcFacts& facts) const;
    void askForSuspend();
    void armTimer();

    struct UdevRelease {
        void operator()(udev* u) const { udev_unref(u); }
        void operator()(udev_monitor* m) const { udev_monitor_unref(m); }
    };

    KernelRoots roots_;
    UdcChoice choice_;
    Listener listener_;
    UdcFacts facts_;
    std::string home_; ///< where the gadget was seen last
    std::unique_ptr<udev, UdevRelease> udev_;
    std::unique_ptr<udev_monitor, UdevRelease> monitor_;
    Source monitorSource_;
    Fd state_; ///< of stateOf_
    std::string stateOf_;
    Source stateSource_;
    unsigned notices_ = 0;              ///< by poll(2)
    std::filesystem::path suspendFile_; ///< to be asked; "" = the state says it
    ConfigfsWatcher configfs_;
    Source timer_;
};

} // namespace otgnet
