// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The USB part of a kernel, played by otgnet-kernelfs: configfs, /sys/class/udc and uevents in our network namespace.
#pragma once

#include "host/udc.hpp"
#include "sandbox/process.hpp"

#include <functional>
#include <map>
#include <optional>

namespace otgnet::sandbox {

/// Every file, directory ("/") and link ("-> …") below usb_gadget by its path.
using KernelTree = std::map<std::string, std::string>;

class Kernel {
public:
    /// With `host`, the name of a network namespace, a bound function has a network device whose other end, host0, is
    /// in there.
    explicit Kernel(const std::string& host = "");
    ~Kernel();
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;

    KernelRoots roots() const { return {.configfs = mount_ / "config", .sysfs = mount_ / "sys"}; }

    void addController(const std::string& name = "dummy_udc.0", const std::string& driver = "dummy_udc") const;
    void removeController(const std::string& name = "dummy_udc.0") const;
    void setState(const std::string& state) const;     ///< of the first controller
    void setSpeed(const std::string& speed) const;     ///< of the first controller
    void setSuspended(const std::string& flag) const;  ///< of the gadget on the first controller
    void setFunctions(const std::string& types) const; ///< that the kernel has: "ecm ncm"

    void setLibcomposite(bool loaded) const; ///< without it there is no usb_gadget

    /// The N-th changing operation from now, counted from 1, fails with this errno.
    void fail(int nth, int error) const;
    /// ... or its caller is killed before or after it.
    void kill(int nth, bool after) const;
    void work() const; ///< takes fail() and kill() back

    KernelTree tree() const;
    std::vector<std::string> operations() const; ///< the changing ones since forget(), without "config/usb_gadget/"
    void forget() const;

private:
    void control(const std::string& file, const std::string& text) const;

    std::filesystem::path mount_;
    std::optional<Process> server_;
};

/// Runs `body` in a child process and answers whether it came to its end; a signal SIGKILL is no failure of the test.
bool survives(const std::function<void()>& body);

} // namespace otgnet::sandbox
