// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/machine.hpp"

#include "base/file.hpp"
#include "ctl/doctor/boot_config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace otgnet::ctl {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t listLimit = 16 << 20; ///< modules.dep of a distribution's kernel has about 1 MB

std::string readText(const fs::path& path) {
    try {
        return readFileIfExists(path, listLimit).value_or("");
    } catch (const std::exception&) {
        return "";
    }
}

bool isThere(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

std::string deviceTreeModel(const fs::path& root) {
    std::string model = readText(root / "proc/device-tree/model");
    model.erase(std::find(model.begin(), model.end(), '\0'), model.end());
    return model;
}

void readBoot(const fs::path& root, Machine& machine) {
    for (const char* name : {"boot/firmware/config.txt", "boot/config.txt"}) {
        if (!isThere(root / name))
            continue;
        machine.bootConfig = std::string("/") + name;
        machine.overlay = dwc2Overlay(readText(root / name), machine.model);
        return;
    }
}

/// modules.dep writes '-' where /sys/module has '_', at the module's author's liking.
ModuleState moduleState(const fs::path& root, const fs::path& modules, const std::string& name) {
    if (isThere(root / "sys/module" / name))
        return ModuleState::loaded;
    std::string dashed = name;
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    const auto lists = [&](const char* file) {
        const std::string text = readText(modules / file);
        return text.find("/" + name + ".ko") != std::string::npos ||
               text.find("/" + dashed + ".ko") != std::string::npos;
    };
    if (lists("modules.builtin")) // without parameters, it does not show up in /sys/module
        return ModuleState::loaded;
    return lists("modules.dep") ? ModuleState::available : ModuleState::missing;
}

void readKernel(const fs::path& root, Machine& machine) {
    const fs::path modules = root / "lib/modules" / readAttribute(root / "proc/sys/kernel/osrelease");
    machine.kernelModules = isThere(modules / "modules.dep");
    machine.dwc2 = moduleState(root, modules, "dwc2");
    machine.libcomposite = moduleState(root, modules, "libcomposite");
    machine.nfTables = moduleState(root, modules, "nf_tables");
    for (const char* function : {"ncm", "ecm", "rndis", "eem"}) {
        if (moduleState(root, modules, std::string("usb_f_") + function) != ModuleState::missing)
            machine.functions.emplace_back(function);
    }
    machine.gadgetFileSystem = isThere(root / "sys/kernel/config/usb_gadget");
    for (const auto& name : listDirectory(root / "sys/class/udc"))
        machine.controllers.push_back({name, readAttribute(root / "sys/class/udc" / name / "function")});
    for (const char* name : {"g_ether", "g_ncm", "g_multi", "g_cdc", "g_serial", "g_mass_storage", "g_hid", "g_zero"}) {
        if (isThere(root / "sys/module" / name))
            machine.legacyGadgets.emplace_back(name);
    }
}

bool isEnabled(const fs::path& root, const std::string& unit) {
    const fs::path units = root / "etc/systemd/system";
    const auto names = listDirectory(units);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        std::error_code ignored;
        const bool pulls = name.ends_with(".wants") || name.ends_with(".requires");
        return pulls && fs::is_symlink(units / name / unit, ignored); // it may dangle below another root
    });
}

void readUnits(const fs::path& root, Machine& machine) {
    machine.serviceEnabled = isEnabled(root, "otgnetd.service");
    if (isEnabled(root, "kvmd-otgnet.service"))
        machine.kvmdUnits.emplace_back("kvmd-otgnet.service");
    if (isThere(root / "run/systemd/transient/kvmd-otgnet-dnsmasq.service"))
        machine.kvmdUnits.emplace_back("kvmd-otgnet-dnsmasq.service");
}

bool isMasked(const fs::path& root, const std::string& unit) {
    std::error_code ignored;
    return fs::read_symlink(root / "etc/systemd/system" / unit, ignored) == "/dev/null" ||
           fs::read_symlink(root / "run/systemd/system" / unit, ignored) == "/dev/null";
}

void readManagers(const fs::path& root, Machine& machine) {
    machine.networkd.installed = isThere(root / "usr/lib/systemd/systemd-networkd");
    machine.networkd.masked = isMasked(root, "systemd-networkd.service");
    machine.networkManager.installed =
        isThere(root / "usr/sbin/NetworkManager") || isThere(root / "usr/bin/NetworkManager");
    machine.networkManager.masked = isMasked(root, "NetworkManager.service");
    machine.networkManagerModule =
        isThere(root / fs::path(OTGNET_MODULE_DIR).relative_path() / "otgnet-networkmanager.so");
    machine.dnsmasq = isThere(root / "usr/sbin/dnsmasq") || isThere(root / "usr/bin/dnsmasq");
}

/// /proc/net/route has addresses as the CPU sees the bytes of the wire.
std::optional<std::uint32_t> wireAddress(const std::string& hex) {
    std::uint32_t raw = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), raw, 16);
    if (error != std::errc{} || end != hex.data() + hex.size())
        return std::nullopt;
    return __builtin_bswap32(raw); // Linux on a machine with device controllers is little-endian
}

/// As the service counts: everything overlaps with a default route or the halves that a VPN makes of it, and every
/// interface may have the link-local network.
bool isNetwork(std::uint32_t network, std::uint32_t mask) {
    constexpr std::uint32_t shortest = 0xFF000000;
    constexpr std::uint32_t linkLocal = 0xA9FE0000;
    return mask >= shortest && network != linkLocal;
}

std::vector<Route> readRoutes(const fs::path& root) {
    std::vector<Route> out;
    std::istringstream lines(readText(root / "proc/net/route"));
    std::string line;
    for (std::getline(lines, line); std::getline(lines, line);) { // the first is the header
        std::array<std::string, 8> column;
        std::istringstream words(line);
        for (auto& word : column)
            words >> word;
        const auto network = wireAddress(column[1]);
        const auto mask = wireAddress(column[7]);
        if (network && mask && isNetwork(*network, *mask))
            out.push_back({column[0], *network, *mask});
    }
    return out;
}

} // namespace

Machine readMachine(const fs::path& root) {
    Machine machine;
    machine.model = deviceTreeModel(root);
    readBoot(root, machine);
    readKernel(root, machine);
    readUnits(root, machine);
    readManagers(root, machine);
    machine.pacman = isThere(root / "usr/bin/pacman");
    machine.routes = readRoutes(root);
    return machine;
}

} // namespace otgnet::ctl
