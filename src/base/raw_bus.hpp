// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The way below sdbus-c++, for what it does not wrap.
#pragma once

#include "base/sdbus.hpp"

#include <memory>

namespace otgnet {

struct BusSlotUnref {
    void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
/// A filter or match, which ends with it. Must not outlive the connection.
using BusSlot = std::unique_ptr<sd_bus_slot, BusSlotUnref>;

/// The connection itself; it stays the owner's.
sd_bus* rawBus(sdbus::IConnection& bus);

} // namespace otgnet
