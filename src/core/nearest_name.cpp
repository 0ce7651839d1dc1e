// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/nearest_name.hpp"

#include "core/python.hpp"
#include "core/schema.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <vector>

namespace otgnet {

namespace {

/// Levenshtein distance.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (const char letter : left) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (letter == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// Nothing if it is more than `most`. The difference in length is the least that it can be, and says so for most names.
std::optional<std::size_t> distanceWithin(std::size_t most, std::string_view left, std::string_view right) {
    if (std::max(left.size(), right.size()) - std::min(left.size(), right.size()) > most)
        return std::nullopt;
    const std::size_t d = distance(left, right);
    return d <= most ? std::optional(d) : std::nullopt;
}

std::string_view lastPart(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// How far from a name a person still means it.
std::size_t slips(std::string_view name) {
    return std::max<std::size_t>(name.size() / 3, 1);
}

struct Name {
    std::string_view path;
    bool kvmds;
};

std::vector<Name> allNames() {
    std::vector<Name> names;
    for (const Key& key : allKeys())
        names.push_back({key.path, key.group == KeyGroup::kvmd});
    for (const std::string& section : allSections())
        names.push_back({section, std::all_of(names.begin(), names.end(), [&](const Name& name) {
                             return name.kvmds || !name.path.starts_with(section + '/');
                         })});
    return names;
}

/// The name of the lowest rank; nothing if it has none.
template<class Rank>
std::optional<std::string> best(const std::vector<Name>& names, const Rank& rank) {
    std::optional<std::string> found;
    decltype(rank(names.front())) lowest;
    for (const Name& name : names)
        if (const auto its = rank(name); its && (!lowest || *its < *lowest)) {
            lowest = its;
            found = name.path;
        }
    return found;
}

} // namespace

std::optional<std::string> nearestName(std::string_view path) {
    constexpr std::size_t longest = 128;
    if (path.size() > longest)
        return std::nullopt;
    static const std::vector<Name> names = allNames();
    const std::string wanted = python::lower(path);
    const std::string_view last = lastPart(wanted);
    const auto written = [&](const Name& name) { return distanceWithin(slips(last), wanted, name.path); };
    if (auto found = best(names, written))
        return found;
    constexpr std::size_t wordsAlike = 4; // shorter ones are alike by chance
    const std::size_t most = last.size() < wordsAlike ? 0 : slips(last);
    return best(names, [&](const Name& name) {
        const auto d = distanceWithin(most, last, lastPart(name.path));
        return d ? std::optional(std::tuple(*d, name.kvmds, distance(wanted, name.path))) : std::nullopt;
    });
}

std::string unknownKeyText(std::string_view path) {
    if (findKey(path) != nullptr)
        return "unknown key; in a file each part of it is a section of its own";
    if (isSection(path))
        return "a section, not a key";
    const auto nearest = nearestName(path);
    return nearest ? "unknown key; did you mean " + *nearest + "?" : "unknown key";
}

} // namespace otgnet
