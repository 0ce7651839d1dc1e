// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What somebody meant who wrote a name that is none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace otgnet {

/// The key or section that is written almost like `path`; or else the one whose last part is, wherever it stands, ours
/// before kvmd's.
std::optional<std::string> nearestName(std::string_view path);

/// "unknown key; did you mean …?"
std::string unknownKeyText(std::string_view path);

} // namespace otgnet
