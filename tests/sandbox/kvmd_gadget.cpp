// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/kvmd_gadget.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <fstream>

namespace otgnet::sandbox {

namespace fs = std::filesystem;

KvmdGadget::KvmdGadget(const fs::path& gadgets, std::string meta, std::vector<KvmdFunction> functions)
    : path_(gadgets / "kvmd"), meta_(std::move(meta)), functions_(std::move(functions)) {}

KvmdGadget::~KvmdGadget() {
    std::error_code error;
    fs::remove_all(fs::path(meta_).parent_path(), error);
}

void KvmdGadget::addEthernet(const std::string& type, const std::string& hostMac, const std::string& kvmMac) {
    KvmdFunction function{type + ".usb0", "Ethernet", 3, R"("ethernet")"};
    if (!hostMac.empty())
        function.attributes.emplace_back("host_addr", hostMac);
    if (!kvmMac.empty())
        function.attributes.emplace_back("dev_addr", kvmMac);
    functions_.insert(std::ranges::find(functions_, "Serial Port", &KvmdFunction::description), function);
}

void KvmdGadget::write(const std::string& relative, const std::string& text) const {
    writeAttribute(path_ / relative, text, ErrorCode::Failed);
}

std::string KvmdGadget::read(const std::string& relative) const {
    return readAttribute(path_ / relative);
}

void KvmdGadget::makeFunction(const KvmdFunction& function) const {
    const std::string directory = "functions/" + function.name;
    fs::create_directory(path_ / directory);
    for (const auto& [name, value] : function.attributes)
        if (fs::exists(path_ / directory / name)) // older kernels lack some
            write(directory + "/" + name, value);
    std::ofstream(meta_ + "/" + function.name + "@meta.json")
        << R"({"function": ")" << function.name << R"(", "description": ")" << function.description
        << R"(", "endpoints": )" << function.endpoints << R"(, "starter": ["otg", "devices", )" << function.starter
        << R"(, "start"]})";
}

void KvmdGadget::describeToWindows(const std::string& function) const {
    const bool ncm = function.starts_with("ncm.");
    if (!ncm && !function.starts_with("rndis."))
        return;
    const std::string ids = "functions/" + function + "/os_desc/interface." + (ncm ? "ncm/" : "rndis/");
    write("os_desc/use", "1");
    write("os_desc/b_vendor_code", "0xCD");
    write("os_desc/qw_sign", "MSFT100");
    write(ids + "compatible_id", ncm ? "WINNCM" : "RNDIS");
    if (!ncm)
        write(ids + "sub_compatible_id", "5162001");
    fs::create_symlink(path_ / "configs/c.1", path_ / "os_desc/c.1");
}

void KvmdGadget::start(const std::vector<std::string>& notStarted) const {
    fs::create_directories(meta_);
    fs::create_directory(path_);
    write("idVendor", "0x1D6B");
    write("bcdDevice", "0x0100");
    fs::create_directory(path_ / "strings/0x409");
    write("strings/0x409/product", "PiKVM Composite Device");
    fs::create_directory(path_ / "configs/c.1");
    write("configs/c.1/MaxPower", "250");
    for (const KvmdFunction& function : functions_) {
        makeFunction(function);
        describeToWindows(function.name);
    }
    for (const KvmdFunction& function : functions_)
        if (std::ranges::find(notStarted, function.name) == notStarted.end())
            link(function.name);
    bind();
}

void KvmdGadget::stop() const {
    unbind();
    fs::remove(path_ / "os_desc/c.1");
    for (const std::string& function : links())
        unlink(function);
    fs::remove(path_ / "configs/c.1");
    for (const std::string& function : listDirectory(path_ / "functions"))
        fs::remove(path_ / "functions" / function);
    fs::remove(path_ / "strings/0x409");
    fs::remove(path_);
    fs::remove_all(meta_);
}

void KvmdGadget::unbind() const {
    if (!read("UDC").empty())
        write("UDC", "\n");
}

void KvmdGadget::bind(const std::string& udc) const {
    write("UDC", udc);
}

void KvmdGadget::link(const std::string& function) const {
    fs::create_symlink(path_ / "functions" / function, path_ / "configs/c.1" / function);
}

void KvmdGadget::unlink(const std::string& function) const {
    fs::remove(path_ / "configs/c.1" / function);
}

std::vector<std::string> KvmdGadget::links() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_ / "configs/c.1")) // configfs lists the youngest first
        if (entry.is_symlink())
            names.insert(names.begin(), entry.path().filename());
    return names;
}

std::vector<std::string> KvmdGadget::metaFiles() const {
    return listDirectory(meta_);
}

} // namespace otgnet::sandbox
