// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The borders between the folders of src, read off the includes.

#include "base/file.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace otgnet {
namespace {

namespace fs = std::filesystem;

/// Folder -> the folders that its files may include. core sees of base only the error type.
const std::map<std::string, std::set<std::string>> allowed{
    {"base", {"base"}},
    {"core", {"core", "base/error.hpp"}},
    {"host", {"host", "core", "base"}},
    {"bus", {"bus", "core", "base"}},
    {"ctl", {"ctl", "base"}},
};

bool isAllowed(const std::string& folder, const std::string& include) {
    const std::string target = include.substr(0, include.find('/'));
    return allowed.at(folder).contains(target) || allowed.at(folder).contains(include);
}

std::vector<std::string> ownIncludes(const fs::directory_entry& file) {
    if (!file.is_regular_file())
        return {};
    static const std::regex line("^#include \"([^\"]+/[^\"]+)\""); // without a folder: generated
    std::istringstream text(readFileIfExists(file.path()).value_or(""));
    std::vector<std::string> includes;
    std::smatch match;
    for (std::string row; std::getline(text, row);)
        if (std::regex_search(row, match, line))
            includes.push_back(match[1]);
    return includes;
}

TEST(Layers, NoFolderIncludesWhatItMayNotSee) {
    std::size_t seen = 0;
    for (const auto& [folder, targets] : allowed)
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(OTGNET_SOURCE_DIR) / "src" / folder))
            for (const std::string& include : ownIncludes(entry)) {
                ++seen;
                EXPECT_TRUE(isAllowed(folder, include)) << entry.path() << " includes " << include;
            }
    EXPECT_GT(seen, 100U);
}

TEST(Layers, CoreIsPure) {
    static const std::regex system("^#include <(glib|systemd|sdbus|sys/|unistd|fcntl|net|linux|libmnl|nftables|yaml)");
    for (const auto& entry : fs::directory_iterator(fs::path(OTGNET_SOURCE_DIR) / "src/core")) {
        std::istringstream text(readFileIfExists(entry.path()).value_or(""));
        for (std::string row; std::getline(text, row);)
            EXPECT_FALSE(std::regex_search(row, system)) << entry.path() << ": " << row;
    }
}

} // namespace
} // namespace otgnet
