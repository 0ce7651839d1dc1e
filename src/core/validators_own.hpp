// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Validators of our own keys, otgnet/link and otgnet/dhcp. They keep kvmd's manners: any scalar is text, blanks around
/// it do not count, a list may be written as one text with commas.
#pragma once

#include "core/validators.hpp"

#include <vector>

namespace otgnet::valid {

Validator oneOf(std::vector<std::string> words);
/// "auto", "off" or a length of time as "5s".
Value suspendDetach(const Value& value);
/// true, false or "auto".
Value autoOrBoolean(const Value& value);
/// A length of time from one second to a year.
Value leaseTime(const Value& value);
Value domain(const Value& value);
/// IPv4 addresses.
Value addresses(const Value& value);
/// IPv4 addresses, or "auto" alone.
Value dnsServers(const Value& value);
/// A list of {mac, address, name}; name may be missing.
Value staticLeases(const Value& value);
/// A list of {to, via}.
Value routes(const Value& value);

/// A DNS name or label: letters, digits, hyphens, dots.
bool isHostName(std::string_view text);

} // namespace otgnet::valid
