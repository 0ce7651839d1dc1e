// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's gadget, built step by step as kvmd-otg builds it, and what kvmd-otgconf does with it.
#pragma once

#include "sandbox/kernel.hpp"

#include <string>
#include <vector>

namespace otgnet::sandbox {

class KvmdGadget {
public:
    explicit KvmdGadget(const Kernel& kernel);
    ~KvmdGadget();
    KvmdGadget(const KvmdGadget&) = delete;
    KvmdGadget& operator=(const KvmdGadget&) = delete;

    // kvmd-otg
    /// Keyboard, mouse, drive and serial port, bound. A function of `notStarted` is made, but not linked.
    void start(const std::vector<std::string>& notStarted = {}) const;
    void stop() const; ///< takes down everything, ours too

    // kvmd-otgconf
    void unbind() const;
    void bind() const;
    void unlink(const std::string& function) const;
    void link(const std::string& function) const;

    void makeFunction(const std::string& function, const std::string& description, unsigned endpoints,
                      const std::string& starter) const;
    void write(const std::string& relative, const std::string& text) const;
    std::string read(const std::string& relative) const;
    /// What is linked in c.1, oldest link first.
    std::vector<std::string> links() const;
    std::string metaDirectory() const { return meta_; }
    std::vector<std::string> metaFiles() const;

private:
    std::filesystem::path path_;
    std::string meta_;
};

} // namespace otgnet::sandbox
