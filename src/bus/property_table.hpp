// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Which property shows which part of the Status.
#pragma once

#include "core/status.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace otgnet {

struct Property {
    std::string_view name;
    bool (*differs)(const Status& before, const Status& after);
};

/// All properties that can change, in the order of the XML.
std::span<const Property> propertyTable();

/// Names of the properties that look different in the two.
std::vector<std::string_view> changedProperties(const Status& before, const Status& after);

/// With every text made printable: the last check before the bus.
LeaseRow printable(LeaseRow lease);
Status printable(Status status);

} // namespace otgnet
