// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What fuzzers share: a directory to put files into, and a check that ends them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace otgnet::fuzz {

inline void require(bool fact) {
    if (!fact)
        std::abort();
}

/// A directory of this process, in memory if there is such a place.
class Root {
public:
    Root() {
        namespace fs = std::filesystem;
        const fs::path place = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
        std::string name = (place / "otgnet-fuzz-XXXXXX").string();
        require(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
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
    std::filesystem::path path_;
};

} // namespace otgnet::fuzz
