// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the attributes of configfs's usb_gadget are called, what they say at first, and what they take.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet::support {

struct Template {
    std::string path; ///< a trailing slash: a default group
    std::string text{};
};

std::vector<Template> gadgetTemplate();
std::vector<Template> configTemplate();
std::vector<Template> stringsTemplate(bool ofConfig);
/// Nothing for a type that the stand-in does not know.
std::optional<std::vector<Template>> functionTemplate(std::string_view type);
bool isNetwork(std::string_view type);

/// What the attribute reads after `text` was written: nothing = EINVAL.
std::optional<std::string> stored(const std::string& path, std::string_view text);

} // namespace otgnet::support
