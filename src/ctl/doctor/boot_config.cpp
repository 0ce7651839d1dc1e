// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/boot_config.hpp"

#include <cctype>
#include <sstream>

namespace otgnet::ctl {

namespace {

std::string withoutBlanks(const std::string& line) {
    std::string out;
    for (const char c : line.substr(0, line.find('#'))) {
        if (std::isspace(static_cast<unsigned char>(c)) == 0)
            out += c;
    }
    return out;
}

/// "[cm4]" and "[pi5]" name a model by its number, the latter also the Compute Module of it; other filters (serial
/// numbers, GPIOs, displays) are not looked at.
bool holdsFor(const std::string& section, const std::string& model) {
    if (section == "[none]")
        return false;
    if (section.starts_with("[cm"))
        return model.find("Compute Module " + section.substr(3, 1)) != std::string::npos;
    if (section.starts_with("[pi0"))
        return model.find("Zero") != std::string::npos;
    if (section.starts_with("[pi"))
        return model.find("Raspberry Pi " + section.substr(3, 1)) != std::string::npos ||
               model.find("Compute Module " + section.substr(3, 1)) != std::string::npos;
    return true;
}

} // namespace

Overlay dwc2Overlay(const std::string& config, const std::string& model) {
    constexpr std::string_view overlay = "dtoverlay=dwc2";
    Overlay found = Overlay::missing;
    bool holds = true;
    std::istringstream lines(config);
    for (std::string line; std::getline(lines, line);) {
        const std::string text = withoutBlanks(line);
        if (text.starts_with('['))
            holds = holdsFor(text, model);
        if (!holds || !text.starts_with(overlay) || (text.size() > overlay.size() && text[overlay.size()] != ','))
            continue;
        found = text.find("dr_mode=host") == std::string::npos ? Overlay::device : Overlay::host;
    }
    return found;
}

} // namespace otgnet::ctl
