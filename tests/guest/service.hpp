// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The installed service: its unit, its configuration, and what it says on the bus.
#pragma once

#include "sandbox/caller.hpp"

#include <sys/types.h>

#include <chrono>
#include <string>

namespace otgnet::guest {

/// Emulation is slow, and the other release's guest may run beside this one. Only a test that fails waits this long.
constexpr std::chrono::milliseconds patience{60'000};

class Service : public sandbox::Caller {
public:
    /// Starts the service anew with this as /etc/kvmd/override.yaml.
    explicit Service(const std::string& configuration);
    /// Stops it and removes its configuration.
    ~Service();

    static void configure(const std::string& configuration); ///< writes the file only
    static void unit(const std::string& verb);               ///< systemctl VERB otgnetd.service
    static pid_t pid();                                      ///< of the daemon, 0 if it does not run
};

} // namespace otgnet::guest
