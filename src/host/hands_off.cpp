// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/hands_off.hpp"

#include "base/file.hpp"
#include "base/log.hpp"

namespace otgnet {

HandsOff::HandsOff(sdbus::IConnection& bus, const std::filesystem::path& root, std::function<bool()> runs)
    : bus_(bus), program_(root / "usr/sbin/NetworkManager"),
      file_(root / "run/NetworkManager/conf.d/90-otgnet-unmanaged.conf"), runs_(std::move(runs)) {}

bool HandsOff::isNeeded() const {
    return runs_() || std::filesystem::exists(program_);
}

void HandsOff::put(const IfName& ifname) {
    ifname_ = ifname.text();
    const std::string text = "# Written by otgnetd: systemd-networkd is in charge of this interface.\n"
                             "[device-otgnet-unmanaged]\nmatch-device=interface-name:=" +
                             ifname_ + "\nmanaged=0\n";
    guard("keeping NetworkManager away", [&] {
        if (!isNeeded() || readFileIfExists(file_) == text)
            return;
        writeFileAtomic(file_, text, 0644, ErrorCode::BackendUnavailable);
        if (runs_())
            bus_.reload();
    });
}

void HandsOff::enforce() {
    guard("keeping NetworkManager away", [&] {
        if (runs_())
            bus_.release(ifname_);
    });
}

void HandsOff::remove() {
    guard("keeping NetworkManager away", [&] {
        if (!std::filesystem::exists(file_))
            return;
        removeFile(file_, ErrorCode::BackendUnavailable);
        if (runs_())
            bus_.reload();
    });
}

} // namespace otgnet
