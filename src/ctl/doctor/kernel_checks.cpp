// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/checks.hpp"

#include <algorithm>

namespace otgnet::ctl {

namespace {

constexpr const char* driverKey = "otg/devices/ethernet/driver";

bool isRaspberryPi(const Machine& machine) {
    return machine.model.find("Raspberry Pi") != std::string::npos;
}

constexpr const char* fullKernel = "install your distribution's full kernel, not a cloud or minimal one";

void needModule(const char* name, ModuleState state, const char* what, Findings& out) {
    if (state == ModuleState::missing)
        out.push_back({Level::problem, "kernel", std::string("this kernel has no ") + name + ", " + what, fullKernel});
}

Finding overlayFinding(const Machine& machine) {
    const std::string config = machine.bootConfig.empty() ? "/boot/firmware/config.txt" : machine.bootConfig;
    if (machine.overlay == Overlay::missing)
        return {Level::problem, "controller",
                "the USB port of this Raspberry Pi is a host's: no dwc2 overlay in " + config,
                R"(printf '\n[all]\ndtoverlay=dwc2,dr_mode=peripheral\n' >> )" + config + " && reboot"};
    if (machine.overlay == Overlay::host)
        return {Level::problem, "controller", "the dwc2 overlay in " + config + " makes the USB port a host's",
                "write dtoverlay=dwc2,dr_mode=peripheral there, and reboot"};
    if (machine.dwc2 == ModuleState::available)
        return {Level::problem, "controller", "the driver of the USB device controller is not loaded", "modprobe dwc2"};
    return {Level::problem, "controller", "the dwc2 overlay stands in " + config + ", but there is no controller",
            "reboot"};
}

Finding noController(const Machine& machine) {
    if (isRaspberryPi(machine))
        return overlayFinding(machine);
    return {Level::problem, "controller", "the kernel knows no USB device controller (/sys/class/udc is empty)",
            "load the driver of this board's controller; most PCs have none"};
}

bool isOurs(const std::string& gadget) {
    return gadget.empty() || gadget == "otgnet" || gadget == "kvmd";
}

std::string holder(const Machine& machine) {
    std::string out;
    for (const auto& controller : machine.controllers) {
        if (isOurs(controller.gadget))
            return "";
        out = controller.gadget;
    }
    return out;
}

} // namespace

void checkKernel(const Machine& machine, Findings& out) {
    const bool makesGadgets = machine.gadgetFileSystem;
    if (!machine.kernelModules && !makesGadgets && machine.libcomposite == ModuleState::missing) {
        out.push_back({Level::problem, "kernel",
                       "the modules of the running kernel are not on the disk (was it upgraded?)", "reboot"});
        return;
    }
    const std::size_t before = out.size();
    if (!makesGadgets)
        needModule("libcomposite", machine.libcomposite, "which makes USB gadgets", out);
    needModule("nf_tables", machine.nfTables, "which is the firewall", out);
    if (!makesGadgets && machine.libcomposite == ModuleState::available)
        out.push_back({Level::problem, "kernel", "the module libcomposite is not loaded", "modprobe libcomposite"});
    else if (!makesGadgets && machine.libcomposite == ModuleState::loaded)
        out.push_back({Level::problem, "kernel", "configfs is not mounted on /sys/kernel/config",
                       "systemctl start sys-kernel-config.mount"});
    if (out.size() == before)
        out.push_back({Level::fine, "kernel", "makes gadgets, filters packets", ""});
}

void checkDriver(const Machine& machine, const ServiceView& service, Findings& out) {
    const std::string driver = service.settings.value(driverKey, std::string());
    const std::string function = driver == "rndis5" ? "rndis" : driver;
    const auto& there = machine.functions;
    if (driver.empty() || !machine.kernelModules || std::find(there.begin(), there.end(), function) != there.end())
        return;
    out.push_back(
        {Level::problem, "kernel", "the driver " + driver + " needs usb_f_" + function + ", which this kernel has not",
         there.empty() ? fullKernel : "otgnetctl set --persist " + std::string(driverKey) + "=" + there.front()});
}

void checkController(const Machine& machine, Findings& out) {
    if (machine.controllers.empty()) {
        out.push_back(noController(machine));
        return;
    }
    for (const auto& module : machine.legacyGadgets)
        out.push_back(
            {Level::problem, "controller", "the module " + module + " holds the USB device controller",
             "modprobe -r " + module + ", and take it out of /etc/modules-load.d and the kernel command line"});
    const std::string gadget = holder(machine);
    if (machine.legacyGadgets.empty() && !gadget.empty())
        out.push_back({Level::problem, "controller", "the gadget " + gadget + " holds the USB device controller",
                       "stop what made it, or: echo > /sys/kernel/config/usb_gadget/" + gadget + "/UDC"});
    else if (machine.legacyGadgets.empty())
        out.push_back({Level::fine, "controller", machine.controllers.front().name, ""});
}

void checkConflicts(const Machine& machine, Findings& out) {
    for (const auto& unit : machine.kvmdUnits)
        out.push_back({Level::problem, "kvmd", unit + " also wants to manage the USB network",
                       (unit == "kvmd-otgnet.service" ? "systemctl disable --now " : "systemctl stop ") + unit});
}

} // namespace otgnet::ctl
