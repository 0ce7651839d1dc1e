// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The single checks of the doctor. Each adds what it finds, good or bad. Where a view of the service is wanted and it
/// does not run, it is one with the settings that it would start with.
#pragma once

#include "ctl/doctor/diagnosis.hpp"

namespace otgnet::ctl {

using Findings = std::vector<Finding>;

void checkKernel(const Machine& machine, Findings& out);                             ///< modules, configfs
void checkDriver(const Machine& machine, const ServiceView& service, Findings& out); ///< its module
void checkController(const Machine& machine, Findings& out);                         ///< there, and free for us
void checkConflicts(const Machine& machine, Findings& out);                          ///< kvmd's own USB network
void checkManagers(const Machine& machine, const ServiceView& service, Findings& out);
void checkService(const Machine& machine, const std::optional<ServiceView>& service, Findings& out);
void checkNetwork(const Machine& machine, const ServiceView& service, Findings& out); ///< overlap of addresses
void checkFirewalls(const Machine& machine, const ServiceView& service, Findings& out);

} // namespace otgnet::ctl
