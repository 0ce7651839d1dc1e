// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/endpoint_budget.hpp"

#include "host/gadget_meta.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace otgnet {

namespace {

struct Row {
    std::string_view type;
    unsigned endpoints;
    unsigned rank; ///< in the order of creation
};

constexpr std::array table{Row{"hid", 1, 0}, Row{"mass_storage", 2, 1}, Row{"ecm", 3, 2},
                           Row{"eem", 3, 2}, Row{"ncm", 3, 2},          Row{"rndis", 3, 2},
                           Row{"acm", 3, 3}, Row{"uac2", 2, 4},         Row{"uvc", 2, 5}};
constexpr Row unknown{"", 3, 6};

const Row& row(std::string_view function) {
    const std::string_view type = function.substr(0, function.find('.'));
    const auto* found = std::ranges::find(table, type, &Row::type);
    return found == table.end() ? unknown : *found;
}

} // namespace

unsigned knownEndpoints(std::string_view function) {
    return row(function).endpoints;
}

bool isEthernet(std::string_view function) {
    return row(function).rank == row("ecm").rank;
}

void sortByCreation(std::vector<std::string>& functions) {
    std::ranges::sort(functions, {}, [](const std::string& f) { return std::tuple(row(f).rank, f.size(), f); });
}

std::vector<EndpointUse> endpointUse(const std::vector<std::string>& functions, const std::filesystem::path& meta) {
    std::vector<EndpointUse> result;
    for (const std::string& function : functions) {
        const auto said = readMeta(meta, function);
        result.push_back({function, said && said->endpoints ? *said->endpoints : knownEndpoints(function)});
    }
    return result;
}

unsigned total(const std::vector<EndpointUse>& use) {
    return std::accumulate(use.begin(), use.end(), 0U,
                           [](unsigned sum, const EndpointUse& u) { return sum + u.endpoints; });
}

void requireEndpoints(const std::vector<EndpointUse>& others, const GadgetPlan& plan) {
    const unsigned needed = knownEndpoints(plan.function());
    const unsigned sum = total(others) + needed;
    if (sum <= plan.endpoints)
        return;
    std::string terms;
    for (const EndpointUse& use : others)
        terms += use.function + " " + std::to_string(use.endpoints) + " + ";
    throw Error(ErrorCode::NoEndpoints, "no free endpoints: " + terms + plan.function() + " " + std::to_string(needed) +
                                            " = " + std::to_string(sum) + ", but otg/endpoints is " +
                                            std::to_string(plan.endpoints) +
                                            "; switch off another function of the gadget");
}

} // namespace otgnet
