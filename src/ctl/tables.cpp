// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/tables.hpp"

#include "ctl/settings.hpp"
#include "ctl/text.hpp"

namespace otgnet::ctl {

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string withLegend(Rows rows, std::vector<std::string> header, const std::string& footer, bool legend) {
    if (!legend || rows.empty())
        return columns(rows) + (legend ? footer : "");
    rows.insert(rows.begin(), std::move(header));
    return columns(rows) + "\n" + footer;
}

} // namespace

std::string leaseTable(const std::vector<Lease>& leases, bool legend, std::uint64_t nowUsec) {
    Rows rows;
    for (const auto& lease : leases)
        rows.push_back({printable(lease.address), printable(lease.mac),
                        lease.hostname.empty() ? "-" : printable(lease.hostname), expiryText(lease.expiry, nowUsec)});
    const std::string footer = rows.size() == 1 ? "1 lease.\n" : std::to_string(rows.size()) + " leases.\n";
    return withLegend(std::move(rows), {"ADDRESS", "MAC", "HOST", "EXPIRES"}, footer, legend);
}

std::string settingsTable(const Json& settings, const Json& origins, const std::vector<std::string>& keys,
                          bool legend) {
    Rows rows;
    for (const auto& key : keys)
        rows.push_back(
            {printable(key), printable(valueText(settings.at(key))), printable(origins.value(key, std::string("?")))});
    const std::string footer = rows.size() == 1 ? "1 key.\n" : std::to_string(rows.size()) + " keys.\n";
    return withLegend(std::move(rows), {"KEY", "VALUE", "ORIGIN"}, footer, legend);
}

} // namespace otgnet::ctl
