// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A service of ours that the host may or may not reach.
#pragma once

#include "base/fd.hpp"

#include <cstdint>

namespace otgnet::guest {

/// Accepts TCP connections on a port of every address, IPv4 and IPv6.
class Listener {
public:
    explicit Listener(std::uint16_t port);

private:
    Fd socket_;
};

} // namespace otgnet::guest
