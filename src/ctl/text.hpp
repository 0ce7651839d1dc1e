// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Text for terminals. Strings that come from the cable (host names) or the bus are hostile: they pass printable()
/// of base/text before they are shown.
#pragma once

#include "base/text.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet::ctl {

/// "4 min", "23 h 55 min", "3 d 2 h": the two largest units, at least one second.
std::string durationText(std::uint64_t usec);

/// How long a lease still holds, from two times in µs since the epoch: "23 h 55 min left", "expired", "for ever".
std::string expiryText(std::uint64_t expiryUsec, std::uint64_t nowUsec);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Columns padded to their widest cell, two blanks between them, the last one ragged; every row ends with a newline.
/// One very long cell does not widen its column: it moves the rest of its row.
std::string columns(const std::vector<std::vector<std::string>>& rows);

} // namespace otgnet::ctl
