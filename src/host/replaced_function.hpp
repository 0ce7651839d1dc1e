// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's own Ethernet function, in whose place ours comes: all that it takes to make it again.
#pragma once

#include "host/configfs.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>

namespace otgnet {

struct ReplacedFunction {
    std::string function;
    std::string meta; ///< the content of its meta file
    /// Known ones only, by their paths relative to the gadget's directory.
    std::map<std::string, std::string> attributes{};
    bool descriptors = false; ///< os_desc/c.1 was linked
    bool linked = false;
    bool operator==(const ReplacedFunction&) const = default;

    /// Whether the gadget has it just so, linked or not.
    bool stands(const GadgetDirectory& gadget) const;
    /// Makes the function, without its link. Goes on after failures, which are logged.
    void make(const GadgetDirectory& gadget) const;
};

/// As it stands in the gadget.
ReplacedFunction describeReplaced(const GadgetDirectory& gadget, const std::string& function, const std::string& meta);

nlohmann::json toJson(const ReplacedFunction& replaced);
/// Nothing if it is not the description of an Ethernet function.
std::optional<ReplacedFunction> replacedFromJson(const nlohmann::json& json);

} // namespace otgnet
