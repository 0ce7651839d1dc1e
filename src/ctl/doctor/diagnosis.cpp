// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/diagnosis.hpp"

#include "ctl/doctor/checks.hpp"

namespace otgnet::ctl {

std::vector<Finding> diagnose(const Machine& machine, const std::optional<ServiceView>& service, bool asked) {
    const ServiceView view = service.value_or(ServiceView{{}, machine.settings});
    std::vector<Finding> out;
    checkKernel(machine, out);
    checkDriver(machine, view, out);
    checkController(machine, out);
    checkConflicts(machine, out);
    if (!asked)
        return out;
    checkManagers(machine, view, out);
    checkService(machine, service, out);
    checkNetwork(machine, view, out);
    checkFirewalls(machine, view, out);
    return out;
}

} // namespace otgnet::ctl
