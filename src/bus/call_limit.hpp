// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// How much a call may carry. sdbus-c++ unpacks the arguments before a handler runs, and a byte in a variant becomes a
/// kilobyte: without a limit any user could make the service outgrow its memory.
#pragma once

#include "base/raw_bus.hpp"

namespace otgnet {

/// As long as it lives, method calls that carry more are answered with org.freedesktop.DBus.Error.LimitsExceeded before
/// anything is unpacked. Must not outlive the connection.
class CallLimit {
public:
    explicit CallLimit(sdbus::IConnection& bus);

    static constexpr std::size_t maxValues = 8192; ///< containers, and values in them
    static constexpr std::size_t maxText = 65536;  ///< bytes of all texts together

private:
    BusSlot filter_;
};

} // namespace otgnet
