// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/forwarding.hpp"

#include "base/file.hpp"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <sstream>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

constexpr const char* on = "1";
constexpr const char* off = "0";

bool isReserved(const std::string& ifname) {
    return ifname == "all" || ifname == "default";
}

} // namespace

SysctlForwarding::SysctlForwarding(fs::path state, fs::path sysctl)
    : state_(std::move(state)), sysctl_(std::move(sysctl)) {
    load();
}

void SysctlForwarding::set(const std::vector<IfName>& interfaces) {
    wanted_.clear();
    for (const IfName& name : interfaces) {
        if (isReserved(name.text()))
            throw Error(ErrorCode::Firewall,
                        "cannot forward through '" + name.text() + "', which means all interfaces");
        wanted_.push_back(name.text());
    }
    watch();
    const auto before = found_;
    for (const auto& [ifname, machineForwarded] : before) {
        if (std::find(wanted_.begin(), wanted_.end(), ifname) != wanted_.end())
            continue;
        giveBack(ifname, machineForwarded);
        found_.erase(ifname);
    }
    if (found_.size() != before.size())
        save(); // after the fact: to give back twice does no harm
    hold();
}

/// A dot in the name of an interface is a dot here; only sysctl(8) turns it into a slash.
fs::path SysctlForwarding::fileOf(const std::string& ifname) const {
    return sysctl_ / "net/ipv4/conf" / ifname / "forwarding";
}

bool SysctlForwarding::machineForwards() const {
    return readAttribute(sysctl_ / "net/ipv4/ip_forward") == on;
}

/// Lines of "<interface> <ip_forward>"; what is not like that is none of ours.
void SysctlForwarding::load() {
    std::istringstream lines(readAttribute(state_));
    std::string ifname;
    bool machineForwarded = false;
    while (lines >> ifname >> machineForwarded)
        if (IfName::parse(ifname) && !isReserved(ifname))
            found_.emplace(ifname, machineForwarded);
}

void SysctlForwarding::save() const {
    std::string text;
    for (const auto& [ifname, machineForwarded] : found_)
        text += ifname + (machineForwarded ? " 1\n" : " 0\n");
    if (text.empty())
        removeFile(state_, ErrorCode::Firewall);
    else
        writeFileAtomic(state_, text, 0644, ErrorCode::Firewall);
}

/// NETCONF tells who writes these values, ip_forward among them, and which interfaces come.
void SysctlForwarding::watch() {
    if (wanted_.empty()) {
        watch_.reset();
        events_.reset();
    } else if (!events_) {
        events_.emplace(NETLINK_ROUTE, std::initializer_list<int>{RTNLGRP_IPV4_NETCONF}, ErrorCode::Firewall);
        watch_ = watchFd(events_->fd(), G_IO_IN, [this](GIOCondition) {
            events_->receive([](const nlmsghdr&) {}); // which one it is does not matter, we look at ours
            hold();
        });
    }
}

/// What we write comes back as an event and finds nothing to do.
void SysctlForwarding::hold() {
    for (const std::string& ifname : wanted_) {
        if (readAttribute(fileOf(ifname)) != off)
            continue; // on, or not there
        if (found_.emplace(ifname, machineForwards()).second)
            save();
        writeAttribute(fileOf(ifname), on, ErrorCode::Firewall);
    }
}

/// Who has switched on forwarding for the whole machine since then (Docker, NetworkManager) means this interface, too.
void SysctlForwarding::giveBack(const std::string& ifname, bool machineForwarded) const {
    const bool meantBySomebody = machineForwards() && !machineForwarded;
    if (!meantBySomebody && readAttribute(fileOf(ifname)) == on)
        writeAttribute(fileOf(ifname), off, ErrorCode::Firewall);
}

} // namespace otgnet
