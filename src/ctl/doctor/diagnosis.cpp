// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/diagnosis.hpp"

#include "ctl/doctor/checks.hpp"

namespace otgnet::ctl {

std::vector<Finding> diagnose(const Machine& machine, const std::optional<ServiceView>& service, bool asked) {
    std::vector<Finding> out;
    checkKernel(machine, out);
    checkController(machine, out);
    checkConflicts(machine, out);
    if (!asked)
        return out;
    checkManagers(machine, service, out);
    checkService(machine, service, out);
    if (!service)
        return out;
    checkNetwork(machine, *service, out);
    checkFirewalls(machine, *service, out);
    return out;
}

} // namespace otgnet::ctl
