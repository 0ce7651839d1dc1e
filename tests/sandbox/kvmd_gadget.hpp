// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's gadget, built step by step as kvmd-otg builds it, and what kvmd-otgconf does with it.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace otgnet::sandbox {

struct KvmdFunction {
    std::string name;
    std::string description;
    unsigned endpoints;
    std::string starter; ///< in JSON
    std::vector<std::pair<std::string, std::string>> attributes{};
};

class KvmdGadget {
public:
    /// `gadgets`: configfs's usb_gadget. `meta`: directory of the meta files, whose parent is this object's own.
    KvmdGadget(const std::filesystem::path& gadgets, std::string meta, std::vector<KvmdFunction> functions);
    ~KvmdGadget();
    KvmdGadget(const KvmdGadget&) = delete;
    KvmdGadget& operator=(const KvmdGadget&) = delete;

    /// What otg/devices/ethernet makes kvmd-otg do in addition; "" = a MAC of the kernel's choice. Before start().
    void addEthernet(const std::string& type, const std::string& hostMac = "", const std::string& kvmMac = "");

    // kvmd-otg
    /// Makes everything and binds. A function of `notStarted` is made, but not linked.
    void start(const std::vector<std::string>& notStarted = {}) const;
    void stop() const; ///< takes down everything, ours too

    // kvmd-otgconf
    void unbind() const;
    void bind(const std::string& udc = "dummy_udc.0") const;
    void unlink(const std::string& function) const;
    void link(const std::string& function) const;

    void makeFunction(const KvmdFunction& function) const;
    void write(const std::string& relative, const std::string& text) const;
    std::string read(const std::string& relative) const;
    /// What is linked in c.1, oldest link first.
    std::vector<std::string> links() const;
    std::string metaDirectory() const { return meta_; }
    std::vector<std::string> metaFiles() const;

private:
    void describeToWindows(const std::string& function) const;

    std::filesystem::path path_;
    std::string meta_;
    std::vector<KvmdFunction> functions_;
};

} // namespace otgnet::sandbox
