// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Settings as they are written on a command line, and as they are shown. What is shown can be given back to `set`.
#pragma once

#include "ctl/json.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace otgnet::ctl {

/// Arguments that make no sense together; exit code 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// "KEY=VALUE" in its two parts. Throws UsageError.
std::pair<std::string, std::string> splitAssignment(const std::string& text);

/// The value that a text means, by the type of the one in force: a switch, a number, a list (items by comma, or in
/// brackets as JSON), a text. "null" is no value. What does not fit stays text: the service refuses it in its own
/// words.
Json valueFrom(const std::string& text, const Json& current);

/// The other way: "true", "80,443", "172.30.30.0/24", "null".
std::string valueText(const Json& value);

/// The keys named exactly or by their section ("otgnet/firewall" or "otgnet/firewall/"), all for none. Throws Error for
/// an unknown one.
std::vector<std::string> selectKeys(const Json& settings, const std::vector<std::string>& wanted);

/// Sections become their keys. What is unknown stays, for a service that has loaded no configuration to judge it.
std::vector<std::string> withoutSections(const Json& settings, const std::vector<std::string>& wanted);

} // namespace otgnet::ctl
