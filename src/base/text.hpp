// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Text that is safe to show: on the bus, in a terminal, in a journal line.
#pragma once

#include <string>
#include <string_view>

namespace otgnet {

/// Valid UTF-8 in one line: line breaks and tabs become spaces; other control characters, bytes that are no UTF-8,
/// characters that D-Bus refuses (surrogates, noncharacters) and those that turn the direction of text become U+FFFD.
std::string printable(std::string_view text);

} // namespace otgnet
