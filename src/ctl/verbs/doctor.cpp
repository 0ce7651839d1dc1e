// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/diagnosis.hpp"
#include "ctl/doctor/report.hpp"
#include "ctl/remote.hpp"
#include "ctl/verbs/verbs.hpp"

#include <algorithm>

namespace otgnet::ctl {

namespace {

using Findings = std::vector<Finding>;

std::optional<ServiceView> viewService(Session& session) {
    if (!isOwned(session.bus(), busName))
        return std::nullopt;
    Service& service = session.service();
    return ServiceView{snapshotFrom(toJson(service.properties())), toJson(service.GetConfig())};
}

/// Whether systemd has started it, enabled or not.
bool isActive(sdbus::IConnection& bus, const std::string& unit) {
    const ServiceName systemd{"org.freedesktop.systemd1"};
    try {
        sdbus::ObjectPath path;
        sdbus::createProxy(bus, systemd, sdbus::ObjectPath{"/org/freedesktop/systemd1"})
            ->callMethod("GetUnit")
            .onInterface("org.freedesktop.systemd1.Manager")
            .withArguments(unit)
            .storeResultsTo(path);
        const auto state = sdbus::createProxy(bus, systemd, path)
                               ->getProperty("ActiveState")
                               .onInterface("org.freedesktop.systemd1.Unit")
                               .get<std::string>();
        return state == "active" || state == "activating";
    } catch (const sdbus::Error&) { // it is not loaded
        return false;
    }
}

void askMachine(Session& session, const std::optional<ServiceView>& service, Machine& machine) {
    machine.networkd.runs = isOwned(session.bus(), "org.freedesktop.network1");
    machine.networkManager.runs = isOwned(session.bus(), "org.freedesktop.NetworkManager");
    for (const char* unit : {"kvmd-otgnet.service", "kvmd-otgnet-dnsmasq.service"}) {
        auto& known = machine.kvmdUnits;
        if (std::find(known.begin(), known.end(), unit) == known.end() && isActive(session.bus(), unit))
            known.emplace_back(unit);
    }
    if (!service)
        readConfiguration(machine);
    machine.firewalls =
        readFirewalls(service && !service->snapshot.interface.empty() ? service->snapshot.interface : "usb0");
}

Findings examineRunning(Session& session) {
    Machine machine = readMachine("/");
    try {
        const auto service = viewService(session);
        askMachine(session, service, machine);
        return diagnose(machine, service, true);
    } catch (const sdbus::Error& e) {
        Findings out = diagnose(machine, std::nullopt, false);
        out.push_back({Level::problem, "bus", e.getMessage(), "systemctl status dbus otgnetd"});
        return out;
    }
}

int examine(Session& session, const std::string& root) {
    if (!session.options().host.empty())
        throw UsageError("the doctor looks at the machine it runs on: " +
                         onMachine(session.options().host, "otgnetctl doctor"));
    const Findings findings = root == "/" ? examineRunning(session) : diagnose(readMachine(root), std::nullopt, false);
    if (session.options().json)
        session.print(reportJson(findings));
    else
        session.print(reportText(findings, session.style()));
    return countProblems(findings) == 0 ? exitDone : exitFailed;
}

} // namespace

void addDoctor(CLI::App& app, Action& action) {
    auto root = std::make_shared<std::string>("/");
    auto* verb = app.add_subcommand("doctor", "Say what is missing on this machine, and the line that mends it");
    verb->add_option("--root", *root, "Look at the files below DIR only, without bus and firewall")
        ->type_name("DIR")
        ->check(notEmpty());
    verb->callback([&action, root] { action = [root](Session& session) { return examine(session, *root); }; });
}

} // namespace otgnet::ctl
