// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the doctor says. Pure.
#pragma once

#include "ctl/doctor/diagnosis.hpp"
#include "ctl/terminal.hpp"

#include <string>
#include <vector>

namespace otgnet::ctl {

std::size_t countProblems(const std::vector<Finding>& findings);
std::string reportText(const std::vector<Finding>& findings, const Style& style);
/// {"findings": [{"level": "problem", "about": …, "text": …, "cure": …}], "problems": 1}
Json reportJson(const std::vector<Finding>& findings);

} // namespace otgnet::ctl
