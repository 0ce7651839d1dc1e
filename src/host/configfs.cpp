// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/configfs.hpp"

#include "base/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

constexpr auto refused = ErrorCode::KernelSupport;

/// ENOENT from mkdir means that the kernel found no module for the function.
Error makeError(const fs::path& path, int number) {
    const std::string type = path.stem().string();
    if (number == ENOENT && path.parent_path().filename() == "functions")
        return {refused, "the kernel has no USB function '" + type + "' (cannot create " + path.string() +
                             "): its module usb_f_" + type + " is missing; choose another otg/devices/ethernet/driver"};
    if (number == ENOENT)
        return {refused, "cannot create " + path.string() +
                             ": USB gadgets are not there; run 'modprobe libcomposite' and mount configfs"};
    return systemError(refused, "cannot create " + path.string(), number);
}

} // namespace

std::vector<std::string> entries(const fs::path& directory, bool links) {
    std::vector<std::string> names = listDirectory(directory);
    std::erase_if(names, [&](const std::string& name) {
        std::error_code error;
        const fs::file_type type = fs::symlink_status(directory / name, error).type();
        return type != (links ? fs::file_type::symlink : fs::file_type::directory);
    });
    return names;
}

bool GadgetDirectory::exists() const {
    std::error_code error;
    return fs::is_directory(path_, error);
}

bool GadgetDirectory::has(const std::string& relative) const {
    std::error_code error;
    return fs::exists(fs::symlink_status(path_ / relative, error));
}

std::string GadgetDirectory::read(const std::string& relative) const {
    std::string text = readAttribute(path_ / relative);
    std::erase(text, '\0');
    return text;
}

std::string GadgetDirectory::udc() const {
    return read("UDC");
}

std::vector<std::string> GadgetDirectory::functions() const {
    return entries(path_ / "functions", false);
}

std::vector<FunctionLink> GadgetDirectory::links() const {
    std::vector<FunctionLink> result;
    const fs::path config = path_ / "configs/c.1";
    for (const std::string& name : entries(config, true)) {
        std::error_code error;
        result.push_back({name, fs::read_symlink(config / name, error).filename().string()});
    }
    return result;
}

bool GadgetDirectory::holds(const GadgetAttribute& attribute) const {
    return otgnet::holds(attribute, read(attribute.path));
}

bool GadgetDirectory::holds(const GadgetTree& tree) const {
    return std::ranges::all_of(tree.directories, [&](const auto& d) { return has(d); }) &&
           std::ranges::all_of(tree.links, [&](const auto& l) { return has(l.path); }) &&
           std::ranges::all_of(tree.attributes, [&](const auto& a) { return holds(a); });
}

std::string GadgetDirectory::networkDevice(const std::string& function) const {
    const std::string name = read("functions/" + function + "/ifname");
    return IfName::parse(name) ? name : ""; // "(unnamed net_device)" before the first bind
}

void GadgetDirectory::makeDirectory(const std::string& relative) const {
    const fs::path path = relative.empty() ? path_ : path_ / relative;
    if (::mkdir(path.c_str(), 0755) < 0 && errno != EEXIST)
        throw makeError(path, errno);
}

void GadgetDirectory::removeDirectory(const std::string& relative) const {
    const fs::path path = relative.empty() ? path_ : path_ / relative;
    if (::rmdir(path.c_str()) < 0 && errno != ENOENT)
        throw systemError(refused, "cannot remove " + path.string(), errno);
}

void GadgetDirectory::makeLink(const GadgetTree::Link& link) const {
    const fs::path path = path_ / link.path;
    if (::symlink((path_ / link.target).c_str(), path.c_str()) < 0 && errno != EEXIST)
        throw systemError(refused, "cannot link " + path.string(), errno);
}

void GadgetDirectory::removeLink(const std::string& relative) const {
    removeFile(path_ / relative, refused);
}

/// Nothing at all is no write for the kernel: an empty line is.
void GadgetDirectory::set(const GadgetAttribute& attribute) const {
    writeAttribute(path_ / attribute.path, attribute.value.empty() ? "\n" : attribute.value, refused);
}

void GadgetDirectory::write(const GadgetAttribute& attribute) const {
    if (attribute.reading == GadgetAttribute::Reading::changes || !holds(attribute))
        set(attribute);
}

void GadgetDirectory::link(const FunctionLink& link) const {
    makeLink({"configs/c.1/" + link.name, "functions/" + link.function});
}

void GadgetDirectory::unbind() const {
    if (udc().empty())
        return;
    try {
        writeAttribute(path_ / "UDC", "\n", refused);
    } catch (const Error&) {
        if (!udc().empty()) // else somebody was faster: ENODEV
            throw;
    }
}

} // namespace otgnet
