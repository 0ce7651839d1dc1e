// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The USB device controllers of the machine, in <sysfs>/class/udc.
#pragma once

#include "host/configfs.hpp"

#include <filesystem>
#include <string>

namespace otgnet {

/// Where the kernel shows itself; something else in tests.
struct KernelRoots {
    std::filesystem::path configfs = "/sys/kernel/config";
    std::filesystem::path sysfs = "/sys";

    std::filesystem::path gadgets() const { return configfs / "usb_gadget"; }
    std::filesystem::path controllers() const { return sysfs / "class/udc"; }
    GadgetDirectory gadget(std::string_view name) const { return GadgetDirectory(gadgets() / name); }
};

/// The controller of that name, or with "" the first one in byte order (as kvmd does it); "" = there is none.
std::string findController(const KernelRoots& roots, const std::string& wanted);
/// The gadget on it: a directory of configfs or a module such as "g_ether"; "" = none.
std::string gadgetOn(const KernelRoots& roots, const std::string& udc);
/// Where the kernel shows the controller's gadget side: <udc>/device/gadget.N, or gadget before 5.19; "" = nowhere.
std::filesystem::path gadgetDevice(const KernelRoots& roots, const std::string& udc);
/// Another number for each bind to the controller: the inode of the link to the driver that the kernel makes then.
/// 0 = nothing is bound, or a kernel before 5.19.
std::uint64_t bindingOn(const KernelRoots& roots, const std::string& udc);
/// The controller that this gadget is on; "" = none.
std::string controllerOf(const KernelRoots& roots, const std::string& gadget);
/// Whether it is a dwc2, which reports nothing but a suspend when the cable is pulled.
bool isDwc2(const KernelRoots& roots, const std::string& udc);

/// Whether the gadget is on a controller that exists.
bool isBound(const KernelRoots& roots, const GadgetDirectory& gadget);
/// findController() for a gadget that shall be bound there. Throws NoController, ControllerBusy, KernelSupport (no
/// gadgets in this kernel).
std::string requireController(const KernelRoots& roots, const std::string& wanted, const std::string& gadget);
/// Writes UDC and says what its errno means. Throws NoController, ControllerBusy, NoEndpoints, KernelSupport.
void bindGadget(const KernelRoots& roots, const GadgetDirectory& gadget, const std::string& udc);

} // namespace otgnet
