// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/udc.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

/// The kernel's own ENOTSUPP, which libc does not know: dwc2 without a free endpoint or FIFO.
constexpr int kernelNotSupported = 524;

Error noController(const std::string& wanted) {
    const std::string what = wanted.empty() ? "there is no USB device controller"
                                            : "there is no USB device controller '" + wanted + "' (otg/udc)";
    return {ErrorCode::NoController,
            what + "; on a Raspberry Pi put dtoverlay=dwc2,dr_mode=peripheral into config.txt and reboot"};
}

Error busy(const std::string& udc, const std::string& holder) {
    std::string text = "the USB device controller " + udc + " is taken by the gadget '" + holder + "'";
    if (holder == "kvmd")
        text += "; set otgnet/link/gadget to join, or stop kvmd-otg.service";
    else
        text += "; remove that gadget, or name another controller in otg/udc";
    return {ErrorCode::ControllerBusy, text};
}

Error bindError(const KernelRoots& roots, const GadgetDirectory& gadget, const std::string& udc, int number) {
    const std::string holder = gadgetOn(roots, udc);
    if (findController(roots, udc).empty())
        return noController(udc);
    if (!holder.empty() && holder != gadget.name())
        return busy(udc, holder);
    const std::string text = "the kernel refuses to bind the gadget '" + gadget.name() + "' to " + udc;
    const std::string together = "; the controller cannot carry its functions together";
    const std::string log = ", the kernel log says why (journalctl -k)";
    if (number == kernelNotSupported || number == ENOSPC)
        return {ErrorCode::NoEndpoints,
                text + " (error " + std::to_string(number) + "): too few endpoints" + together + log};
    // Linux 6.1.176 and 6.12.117 may bind no link to a controller that was removed while one was bound, and came back.
    return {ErrorCode::KernelSupport, systemError(ErrorCode::KernelSupport, text, number).what() + together +
                                          ", or has gone and come back and needs a reboot" + log};
}

} // namespace

std::string findController(const KernelRoots& roots, const std::string& wanted) {
    const auto names = listDirectory(roots.controllers());
    if (wanted.empty())
        return names.empty() ? "" : names.front();
    return std::ranges::find(names, wanted) == names.end() ? "" : wanted;
}

std::string gadgetOn(const KernelRoots& roots, const std::string& udc) {
    return udc.empty() ? "" : readAttribute(roots.controllers() / udc / "function");
}

fs::path gadgetDevice(const KernelRoots& roots, const std::string& udc) {
    const fs::path device = roots.controllers() / udc / "device";
    const auto names = udc.empty() ? std::vector<std::string>{} : listDirectory(device);
    const auto found = std::ranges::find_if(names, [](const auto& name) { return name.starts_with("gadget"); });
    return found == names.end() ? fs::path() : device / *found;
}

std::uint64_t bindingOn(const KernelRoots& roots, const std::string& udc) {
    const fs::path device = gadgetDevice(roots, udc);
    struct stat driver {};
    return !device.empty() && ::lstat((device / "driver").c_str(), &driver) == 0 ? driver.st_ino : 0;
}

std::string controllerOf(const KernelRoots& roots, const std::string& gadget) {
    const auto names = listDirectory(roots.controllers());
    const auto found = std::ranges::find_if(names, [&](const auto& udc) { return gadgetOn(roots, udc) == gadget; });
    return found == names.end() ? "" : *found;
}

bool isDwc2(const KernelRoots& roots, const std::string& udc) {
    std::error_code error;
    const fs::path driver = roots.controllers() / udc / "device/driver";
    return !udc.empty() && fs::read_symlink(driver, error).filename() == "dwc2";
}

bool isBound(const KernelRoots& roots, const GadgetDirectory& gadget) {
    const std::string udc = gadget.udc();
    return !udc.empty() && gadgetOn(roots, udc) == gadget.name();
}

std::string requireController(const KernelRoots& roots, const std::string& wanted, const std::string& gadget) {
    std::error_code error;
    if (!fs::is_directory(roots.gadgets(), error))
        throw Error(ErrorCode::KernelSupport, "there is no " + roots.gadgets().string() +
                                                  "; run 'modprobe libcomposite' and mount configfs on " +
                                                  roots.configfs.string());
    const std::string udc = findController(roots, wanted);
    if (udc.empty())
        throw noController(wanted);
    const std::string holder = gadgetOn(roots, udc);
    if (!holder.empty() && holder != gadget)
        throw busy(udc, holder);
    return udc;
}

void bindGadget(const KernelRoots& roots, const GadgetDirectory& gadget, const std::string& udc) {
    const fs::path path = gadget.path() / "UDC";
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd)
        throw systemError(ErrorCode::KernelSupport, "cannot open " + path.string(), errno);
    if (::write(fd.get(), udc.data(), udc.size()) < 0)
        throw bindError(roots, gadget, udc, errno);
}

} // namespace otgnet
