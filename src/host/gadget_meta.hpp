// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The files by which kvmd-otgconf knows the functions of kvmd's gadget: <function>@meta.json. Ours carries a member
/// more, which kvmd does not look at: the mark that the function is ours, and while we relink, what was linked before.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace otgnet {

struct FunctionMeta {
    std::optional<unsigned> endpoints; ///< nothing if the file does not say it in a sane way
    bool ethernet = false;             ///< made for otg/devices/ethernet, be it by kvmd or by us
    bool ours = false;
    /// Set while the gadget is unbound by us: the functions of others that were linked.
    std::optional<std::vector<std::string>> relinking;
    bool operator==(const FunctionMeta&) const = default;
};

/// Nothing if there is no such file, or none that makes sense.
std::optional<FunctionMeta> readMeta(const std::filesystem::path& directory, const std::string& function);
/// The functions that have a file there.
std::vector<std::string> metaFunctions(const std::filesystem::path& directory);
/// Writes ours. Atomic; makes the directory. Throws ReadOnly.
void writeMeta(const std::filesystem::path& directory, const std::string& function,
               const std::optional<std::vector<std::string>>& relinking);
/// The content as it stands, "" if there is none, and the way back.
std::string metaText(const std::filesystem::path& directory, const std::string& function);
void restoreMeta(const std::filesystem::path& directory, const std::string& function, const std::string& text);
/// Also removes the directory if it is empty now: kvmd-otg insists on making it itself. Throws ReadOnly.
void removeMeta(const std::filesystem::path& directory, const std::string& function);

} // namespace otgnet
