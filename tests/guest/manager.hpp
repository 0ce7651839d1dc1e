// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The network manager of the machine: one of the two runs.
#pragma once

#include <string>

namespace otgnet::guest {

class Manager {
public:
    static constexpr const char* networkd = "networkd";
    static constexpr const char* networkManager = "networkmanager";

    /// Starts it, unless it runs, and stops the other one. `name` is as in the property Backend.
    explicit Manager(const std::string& name);

    const std::string& name() const { return name_; }
    void restart() const;

private:
    std::string name_;
};

} // namespace otgnet::guest
