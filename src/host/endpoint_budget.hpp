// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// How many endpoints of the controller the functions of a gadget take, and in which order kvmd links them: first come,
/// first served.
#pragma once

#include "core/plan.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet {

/// As kvmd counts, by the type before the dot; a type that kvmd does not make counts as the most expensive one.
unsigned knownEndpoints(std::string_view function);
bool isEthernet(std::string_view function);
/// Keyboard, mice, drives, network, serial, audio, camera.
void sortByCreation(std::vector<std::string>& functions);

struct EndpointUse {
    std::string function;
    unsigned endpoints = 0;
    bool operator==(const EndpointUse&) const = default;
};

/// What each function says in its meta file, else knownEndpoints().
std::vector<EndpointUse> endpointUse(const std::vector<std::string>& functions, const std::filesystem::path& meta);
unsigned total(const std::vector<EndpointUse>& use);
/// Whether our function fits beside the others. Throws NoEndpoints with the sum.
void requireEndpoints(const std::vector<EndpointUse>& others, const GadgetPlan& plan);

} // namespace otgnet
