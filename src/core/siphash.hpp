// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// SipHash-2-4: a keyed hash, so that what is derived from the machine id does not tell the machine id.
#pragma once

#include <cstdint>
#include <string_view>

namespace otgnet {

/// `hexKey` is up to 32 hex digits; what is missing or no digit counts as 0.
std::uint64_t sipHash(std::string_view hexKey, std::string_view text);

} // namespace otgnet
