// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A program that the doctor asks.
#pragma once

#include <string>

namespace otgnet::ctl {

/// Standard output of a command line of the shell, whatever comes of it.
std::string outputOf(const char* command);

} // namespace otgnet::ctl
