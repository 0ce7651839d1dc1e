// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The way below sdbus-c++, for what it does not wrap.
#pragma once

#include "base/sdbus.hpp"

namespace otgnet {

/// The connection itself; it stays the owner's.
sd_bus* rawBus(sdbus::IConnection& bus);

} // namespace otgnet
