// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A directory of one's own. It is not removed by itself: on some of them a file system is mounted.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace otgnet::support {

/// `purpose` is a part of its name. Throws system_error.
inline std::filesystem::path
makeTemporaryDirectory(const std::string& purpose,
                       const std::filesystem::path& place = std::filesystem::temp_directory_path()) {
    std::string name = (place / ("otgnet-" + purpose + "-XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "cannot create " + name);
    return name;
}

} // namespace otgnet::support
