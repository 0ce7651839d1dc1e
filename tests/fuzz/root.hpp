// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What fuzzers share: a directory to put files into, and a check that ends them.
#pragma once

#include "support/temporary_directory.hpp"

#include <cstdlib>
#include <filesystem>

namespace otgnet::fuzz {

inline void require(bool fact) {
    if (!fact)
        std::abort();
}

/// A directory of this process, in memory if there is such a place.
class Root {
public:
    Root() : path_(support::makeTemporaryDirectory("fuzz", place())) {}
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
    ~Root() { std::filesystem::remove_all(path_); }

    const std::filesystem::path& path() const { return path_; }
    const std::filesystem::path& emptied() const {
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            std::filesystem::remove_all(entry);
        return path_;
    }

private:
    static std::filesystem::path place() {
        const std::filesystem::path memory = "/dev/shm";
        return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    }

    std::filesystem::path path_;
};

} // namespace otgnet::fuzz
