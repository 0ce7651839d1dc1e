// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A gadget's directory in configfs: its operations with errors that say what to do. Taking away what is not there is
/// fine; so is making what is there.
#pragma once

#include "host/gadget_tree.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace otgnet {

/// A symlink in configs/c.1. Two gadgets with equal links are alike to a host but for the order of the functions.
struct FunctionLink {
    std::string name;
    std::string function; ///< directory below functions/
    bool operator==(const FunctionLink&) const = default;
};

class GadgetDirectory {
public:
    explicit GadgetDirectory(std::filesystem::path path) : path_(std::move(path)) {}

    const std::filesystem::path& path() const { return path_; }
    std::string name() const { return path_.filename().string(); }
    bool exists() const;
    bool has(const std::string& relative) const;         ///< a file, directory or link
    std::string read(const std::string& relative) const; ///< without padding, "" if it is not there
    std::string udc() const;                             ///< what UDC says: "" = not bound
    std::vector<std::string> functions() const;          ///< names below functions/
    std::vector<FunctionLink> links() const;             ///< of c.1, by name
    bool holds(const GadgetAttribute& attribute) const;
    bool holds(const GadgetTree& tree) const; ///< everything of the tree is there; there may be more
    std::string networkDevice(const std::string& function) const; ///< ifname of a bound function, "" if it has none

    // Throw KernelSupport.
    void makeDirectory(const std::string& relative) const;
    void removeDirectory(const std::string& relative) const;
    void makeLink(const GadgetTree::Link& link) const;
    void removeLink(const std::string& relative) const;
    void set(const GadgetAttribute& attribute) const;
    void write(const GadgetAttribute& attribute) const; ///< sets it only if it does not hold already
    void link(const FunctionLink& link) const;
    void unbind() const;

private:
    std::filesystem::path path_;
};

/// The subdirectories (links = false) or the symlinks (links = true) in a directory, by name.
std::vector<std::string> entries(const std::filesystem::path& directory, bool links);

} // namespace otgnet
