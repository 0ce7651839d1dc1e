// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What tells this machine from others, for MAC addresses that stay the same.
#pragma once

#include <filesystem>
#include <string>

namespace otgnet {

struct Identity {
    std::string machineId;    ///< 32 lower-case hex digits, "" if there is none (yet)
    std::string serialNumber; ///< of the board, "" if it has none or only a placeholder

    bool operator==(const Identity&) const = default;
};

/// From <root>/etc/machine-id; the device tree, /proc/cpuinfo (older Raspberry Pi kernels) or DMI, in this order.
Identity readIdentity(const std::filesystem::path& root = "/");

} // namespace otgnet
