// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The files by which kvmd-otgconf knows the functions of kvmd's gadget: <function>@meta.json. Ours carries a member
/// more, which kvmd does not look at: the mark that the function is ours, with all that we have to know to give the
/// gadget back as it was. The directory belongs to kvmd's user: what is read from it is no more than a hint.
#pragma once

#include "host/replaced_function.hpp"

#include <filesystem>

namespace otgnet {

struct ShareMark {
    std::string udc; ///< the controller that the gadget was on when we came, or when it was seen last
    /// Set while the gadget is unbound by us: the functions of others that were linked.
    std::optional<std::vector<std::string>> relinking{};
    std::vector<ReplacedFunction> replaced{};
    bool operator==(const ShareMark&) const = default;
};

struct FunctionMeta {
    std::optional<unsigned> endpoints; ///< nothing if the file does not say it in a sane way
    bool ethernet = false;             ///< made for otg/devices/ethernet, be it by kvmd or by us
    std::optional<ShareMark> mark{};   ///< the function is ours
    bool operator==(const FunctionMeta&) const = default;
};

/// Nothing if there is no such file, or none that makes sense.
std::optional<FunctionMeta> readMeta(const std::filesystem::path& directory, const std::string& function);
/// The functions that have a file there.
std::vector<std::string> metaFunctions(const std::filesystem::path& directory);
/// Writes ours. Atomic; makes the directory. Throws ReadOnly.
void writeMeta(const std::filesystem::path& directory, const std::string& function, const ShareMark& mark);
/// The content as it stands, "" if there is none, and the way back.
std::string metaText(const std::filesystem::path& directory, const std::string& function);
void restoreMeta(const std::filesystem::path& directory, const std::string& function, const std::string& text);
/// Also removes the directory if it is empty now: kvmd-otg insists on making it itself. Throws ReadOnly.
void removeMeta(const std::filesystem::path& directory, const std::string& function);

/// Where our marks are. A file in /run, as otg/meta may have changed, or be unreadable, when they are needed.
class MarkPlace {
public:
    explicit MarkPlace(std::filesystem::path file) : file_(std::move(file)) {}

    std::optional<std::filesystem::path> directory() const;
    void set(const std::filesystem::path& directory) const; ///< Throws ReadOnly.
    void clear() const;                                     ///< Throws ReadOnly.

private:
    std::filesystem::path file_;
};

} // namespace otgnet
