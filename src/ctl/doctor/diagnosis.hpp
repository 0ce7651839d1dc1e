// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What is wrong, and the line that mends it. Pure.
#pragma once

#include "ctl/doctor/machine.hpp"
#include "ctl/snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace otgnet::ctl {

enum class Level { fine, note, problem };

struct Finding {
    Level level = Level::fine;
    std::string about; ///< one word: "controller"
    std::string text;
    std::string cure; ///< a command, or what to do; "" = nothing to do
    bool operator==(const Finding&) const = default;
};

/// What the service says of itself.
struct ServiceView {
    Snapshot snapshot;
    Json settings; ///< as GetConfig tells them
};

/// `service`: empty if it does not run. `asked`: false with --root, where nobody could be asked.
std::vector<Finding> diagnose(const Machine& machine, const std::optional<ServiceView>& service, bool asked);

} // namespace otgnet::ctl
