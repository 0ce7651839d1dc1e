// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/checks.hpp"

#include "ctl/text.hpp"

namespace otgnet::ctl {

namespace {

/// The manager in charge, or that would be.
std::string backendOf(const Machine& machine, const ServiceView& service) {
    if (!service.snapshot.backend.empty())
        return service.snapshot.backend;
    const bool other = machine.networkManager.runs.value_or(false) && !machine.networkd.runs.value_or(false);
    const std::string automatic = other ? "networkmanager" : "networkd";
    const std::string chosen = service.settings.value("otgnet/link/backend", std::string("auto"));
    return chosen == "auto" ? automatic : chosen;
}

std::string install(const Machine& machine, const char* debian, const char* arch) {
    return machine.pacman ? std::string("pacman -S ") + arch : std::string("apt install ") + debian;
}

/// Why a manager that is the backend is not there; `idleIsFine`: the service starts it.
void checkManager(const Manager& manager, const std::string& name, const std::string& install, bool idleIsFine,
                  Findings& out) {
    if (manager.runs.value_or(false))
        return;
    const std::string is = name + " is the backend, but ";
    if (!manager.installed)
        out.push_back({Level::problem, "manager", is + "is not installed", install});
    else if (manager.masked)
        out.push_back({Level::problem, "manager", is + "is masked",
                       "systemctl unmask " + name + " && systemctl enable --now " + name});
    else if (!idleIsFine)
        out.push_back({Level::problem, "manager", is + "does not run", "systemctl enable --now " + name});
}

void checkNetworkManager(const Machine& machine, Findings& out) {
    checkManager(machine.networkManager, "NetworkManager", install(machine, "network-manager", "networkmanager"), false,
                 out);
    if (!machine.networkManagerModule)
        out.push_back({Level::problem, "manager", "NetworkManager is the backend, but the part for it is not installed",
                       install(machine, "otgnet-networkmanager", "otgnet-networkmanager")});
    if (!machine.dnsmasq)
        out.push_back({Level::problem, "manager", "NetworkManager needs dnsmasq to give the host an address",
                       install(machine, "dnsmasq-base", "dnsmasq")});
}

Finding disabledFinding(const Json& settings) {
    const char* const key = "otg/devices/ethernet/enabled";
    if (settings.value(key, true))
        return {Level::note, "service", "runs, but the USB network is disabled", "otgnetctl enable"};
    return {Level::note, "service", "runs, but the configuration does not enable the USB network",
            std::string("otgnetctl set --persist ") + key + "=true"};
}

Finding stateFinding(const Snapshot& snapshot, const Json& settings) {
    if (!snapshot.errorText.empty())
        return {Level::problem, "service", printable(snapshot.errorText), "mend that, then: otgnetctl reload"};
    if (snapshot.state == "disabled")
        return disabledFinding(settings);
    return {Level::fine, "service", "runs and is " + printable(snapshot.state), ""};
}

} // namespace

void checkManagers(const Machine& machine, const ServiceView& service, Findings& out) {
    const std::size_t before = out.size();
    const std::string backend = backendOf(machine, service);
    if (backend == "networkmanager")
        checkNetworkManager(machine, out);
    else
        checkManager(machine.networkd, "systemd-networkd", install(machine, "systemd", "systemd"),
                     service.snapshot.backend.empty(), out);
    if (out.size() == before)
        out.push_back(
            {Level::fine, "manager", backend == "networkmanager" ? "NetworkManager" : "systemd-networkd", ""});
}

void checkService(const Machine& machine, const std::optional<ServiceView>& service, Findings& out) {
    if (!machine.configError.empty())
        out.push_back({Level::problem, "config", printable(machine.configError),
                       "mend that, then see whether it is right: otgnetd --print-config"});
    if (!service) {
        out.push_back({Level::problem, "service", "otgnetd does not run", "systemctl enable --now otgnetd"});
        return;
    }
    out.push_back(stateFinding(service->snapshot, service->settings));
    if (!machine.serviceEnabled)
        out.push_back(
            {Level::note, "service", "is not started at boot, only by its first caller", "systemctl enable otgnetd"});
    for (const auto& warning : service->snapshot.warnings)
        out.push_back({Level::note, "config", printable(warning), ""});
}

} // namespace otgnet::ctl
