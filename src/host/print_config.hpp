// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetd --print-config: the effective configuration without a bus and without root.
#pragma once

#include <filesystem>
#include <ostream>

namespace otgnet {

/// Prints one JSON object and answers the exit code: 0, or 78 (EX_CONFIG) and what is wrong with the configuration.
/// All files are read below `root`.
int printConfig(const std::filesystem::path& root, std::ostream& out);

} // namespace otgnet
