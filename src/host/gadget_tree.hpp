// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What configfs holds for a plan: pure data, so that building and comparing are two loops.
#pragma once

#include "core/plan.hpp"

#include <string>
#include <vector>

namespace otgnet {

/// A file of configfs, relative to the gadget's directory.
struct GadgetAttribute {
    enum class Reading {
        text,    ///< as written, but for the newline and the padding with NUL
        number,  ///< in whatever base and width this kernel shows it
        changes, ///< the kernel overwrites it when a host reads the descriptor: not worth a comparison
    };
    std::string path;
    std::string value;
    Reading reading = Reading::text;

    bool operator==(const GadgetAttribute&) const = default;
};

/// Whether `found`, the content of the attribute, is what was written.
bool holds(const GadgetAttribute& attribute, std::string_view found);

/// The order of each list is that of making.
struct GadgetTree {
    struct Link {
        std::string path;
        std::string target; ///< relative to the gadget's directory, too
        bool operator==(const Link&) const = default;
    };
    std::vector<std::string> directories;
    std::vector<GadgetAttribute> attributes;
    std::vector<Link> links;

    bool operator==(const GadgetTree&) const = default;
};

/// A gadget of our own, whole.
GadgetTree describeGadget(const GadgetPlan& plan);
/// Only what our function brings into any gadget: its directory, its attributes, the Microsoft OS descriptors and the
/// links.
GadgetTree describeFunction(const GadgetPlan& plan);

} // namespace otgnet
