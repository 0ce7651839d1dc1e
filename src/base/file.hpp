// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Small files: attributes of sysfs and configfs, configuration, state. Failures throw Error with the path and the
/// errno's text under the code that the caller names. None blocks, whatever another user has put there.
#pragma once

#include "base/error.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet {

/// In a directory of another user's, a link may lead to what he could not read himself.
enum class Links { follow, refuse };

/// The whole file, at most `limit` bytes (more is an error, and so is what is no file); empty optional if it does not
/// exist.
std::optional<std::string> readFileIfExists(const std::filesystem::path& path, std::size_t limit = 1 << 20,
                                            Links links = Links::follow);
/// An attribute of the kernel's, which gives all of it to one read(2) of a page, without the newline and blanks at its
/// end; "" if it does not exist or cannot be read.
std::string readAttribute(const std::filesystem::path& path);
/// One write(2) to a file that exists.
void writeAttribute(const std::filesystem::path& path, std::string_view value, ErrorCode code);
/// Temporary file, fsync, rename: readers see the old or the new content. Makes missing directories (0755). The
/// temporary file is beside it, or in `workshop`, a directory of the same file system.
void writeFileAtomic(const std::filesystem::path& path, std::string_view content, mode_t mode, ErrorCode code,
                     const std::filesystem::path& workshop = {});
/// rename(2), on the disk before it returns.
void replaceFile(const std::filesystem::path& from, const std::filesystem::path& to, ErrorCode code);
/// Removes the file; gone is fine.
void removeFile(const std::filesystem::path& path, ErrorCode code);
/// Names in a directory in byte order, without "." and ".."; empty if there is none, or none that can be listed.
std::vector<std::string> listDirectory(const std::filesystem::path& path);
/// The same for names that must not be missed: what is there and cannot be listed is an error.
std::vector<std::string> listDirectoryIfExists(const std::filesystem::path& path);

} // namespace otgnet
