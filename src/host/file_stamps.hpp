// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Whether files are still those that have been read: one stat(2) a file instead of reading it again.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>

namespace otgnet {

class FileStamps {
public:
    /// Since the epoch, as the kernel stamps files.
    using Time = std::chrono::nanoseconds;

    static Time now();

    /// Of nothing.
    FileStamps() = default;
    /// `readingAt` is when the reading begins. A file that was changed so shortly before it that another change could
    /// get the same time never counts as current.
    explicit FileStamps(Time readingAt) : readingAt_(readingAt) {}

    /// To be called before the file or directory is read, also for one that is not there.
    void note(const std::filesystem::path& path);
    /// Nothing of what was noted has been changed, replaced, made or removed since.
    bool areCurrent() const;

private:
    struct Stamp {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        Time changed{}; ///< also by rename(2) and chmod(2), and nobody can set it
        bool operator==(const Stamp&) const = default;
    };

    /// Nothing for a file that is not there, or that cannot be looked at.
    static std::optional<Stamp> stampOf(const std::filesystem::path& path);

    Time readingAt_{};
    bool settled_ = true;
    std::map<std::filesystem::path, std::optional<Stamp>> noted_;
};

} // namespace otgnet
