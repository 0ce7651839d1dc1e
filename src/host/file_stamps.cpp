// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/file_stamps.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace otgnet {

namespace {

/// Within what a file that is changed twice may get the same time: some file systems know whole seconds only (FAT every
/// other one), all others take the time of the kernel's last tick, of which there are a hundred in a second or more.
std::chrono::milliseconds resolution(FileStamps::Time stamp) {
    constexpr std::chrono::milliseconds coarse{2000};
    constexpr std::chrono::milliseconds fine{100};
    return stamp % std::chrono::seconds(1) == FileStamps::Time::zero() ? coarse : fine;
}

} // namespace

FileStamps::Time FileStamps::now() {
    return std::chrono::system_clock::now().time_since_epoch();
}

std::optional<FileStamps::Stamp> FileStamps::stampOf(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) < 0)
        return std::nullopt;
    const Time changed = std::chrono::seconds(status.st_ctim.tv_sec) + std::chrono::nanoseconds(status.st_ctim.tv_nsec);
    return Stamp{status.st_dev, status.st_ino, status.st_size, changed};
}

void FileStamps::note(const std::filesystem::path& path) {
    const auto stamp = stampOf(path);
    settled_ = settled_ && (!stamp || stamp->changed + resolution(stamp->changed) < readingAt_);
    noted_.emplace(path, stamp);
}

bool FileStamps::areCurrent() const {
    return settled_ &&
           std::ranges::all_of(noted_, [](const auto& entry) { return stampOf(entry.first) == entry.second; });
}

} // namespace otgnet
