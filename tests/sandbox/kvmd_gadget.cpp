// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/kvmd_gadget.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <fstream>

namespace otgnet::sandbox {

namespace fs = std::filesystem;

KvmdGadget::KvmdGadget(const Kernel& kernel)
    : path_(kernel.roots().gadgets() / "kvmd"),
      meta_("/tmp/otgnet-kvmd-" + kernel.roots().configfs.parent_path().filename().string() + "/otg") {}

KvmdGadget::~KvmdGadget() {
    std::error_code error;
    fs::remove_all(fs::path(meta_).parent_path(), error);
}

void KvmdGadget::write(const std::string& relative, const std::string& text) const {
    writeAttribute(path_ / relative, text, ErrorCode::Failed);
}

std::string KvmdGadget::read(const std::string& relative) const {
    return readAttribute(path_ / relative);
}

void KvmdGadget::makeFunction(const std::string& function, const std::string& description, unsigned endpoints,
                              const std::string& starter) const {
    fs::create_directory(path_ / "functions" / function);
    std::ofstream(meta_ + "/" + function + "@meta.json")
        << R"({"function": ")" << function << R"(", "description": ")" << description << R"(", "endpoints": )"
        << endpoints << R"(, "starter": ["otg", "devices", )" << starter << R"(, "start"]})";
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
    makeFunction("hid.usb0", "Keyboard", 1, R"("hid", "keyboard")");
    makeFunction("hid.usb1", "Absolute Mouse", 1, R"("hid", "mouse")");
    makeFunction("mass_storage.usb0", "Mass Storage Drive", 2, R"("msd")");
    makeFunction("acm.usb0", "Serial Port", 2, R"("serial")");
    for (const char* function : {"hid.usb0", "hid.usb1", "mass_storage.usb0", "acm.usb0"})
        if (std::ranges::find(notStarted, function) == notStarted.end())
            link(function);
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

void KvmdGadget::bind() const {
    write("UDC", "dummy_udc.0");
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
