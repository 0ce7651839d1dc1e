// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Sees to it that our profile is the active one on our device, for as long as it follows one: tells NetworkManager to
/// manage it, displaces another profile, ends a dnsmasq that stands in the way - each of it once until all is well
/// again, so that there is no endless fight.
#pragma once

#include "host/nm/dnsmasq_process.hpp"
#include "host/nm/link_state.hpp"

#include <filesystem>

namespace otgnet::nm {

class Activation {
public:
    struct Events {
        std::function<void()> active;                    ///< our profile has become active: dnsmasq was started
        std::function<void(std::exception_ptr)> trouble; ///< outside of settle(): it does not work, and will not
    };

    Activation(Manager& manager, std::filesystem::path root, Events events);

    /// Begins anew with this interface; `profile` is the object path of our connection, `dhcp`: it needs a dnsmasq.
    void follow(const IfName& ifname, const std::string& profile, bool dhcp);
    /// Until the next follow(): after a restart of NetworkManager its objects have other paths.
    void pause();
    void stop();
    /// Called when the link has settled, or cannot.
    void settle(Done done);
    /// Activates the profile again if it is active, so that what has changed in it counts.
    void renew();
    /// The manager's facts may have changed.
    void look();
    void failed(NMDeviceStateReason reason);

private:
    void arrive(LinkState state);
    void wellNow();
    void impatient();
    bool act(LinkState state);
    void manage();
    void activate();
    void refused(const std::exception_ptr& error);
    bool cure();
    void giveUp(LinkState state);
    void lookAnew();
    DeviceFacts device() const;
    LinkState state() const;

    Manager& manager_;
    std::filesystem::path root_;
    Events events_;
    std::optional<IfName> ifname_;
    std::string profile_;
    bool dhcp_ = false;
    bool following_ = false;
    bool stands_ = false;    ///< settle() has succeeded: what comes later is trouble
    std::string superseded_; ///< object path of the activation that is on its way out
    Done settling_;
    std::optional<LinkState> last_;
    std::string refusal_;  ///< what NetworkManager said when it was last told to activate the profile
    bool serving_ = false; ///< active, and for long enough
    bool failed_ = false;
    // what has been tried since all was well
    bool managed_ = false;
    bool activated_ = false;
    bool cured_ = false;
    Orphan orphan_;
    Source patience_;
    Source limit_;
};

} // namespace otgnet::nm
