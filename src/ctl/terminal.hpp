// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The terminal: whether it wants colours, and how text gets there.
#pragma once

#include <string>
#include <string_view>

namespace otgnet::ctl {

/// Colours, or empty strings where none are wanted.
struct Style {
    std::string good;
    std::string attention;
    std::string bad;
    std::string faint;
    std::string bold;
    std::string off;

    std::string paint(const std::string& colour, std::string_view text) const {
        return colour + std::string(text) + off;
    }
};

Style plainStyle();
Style colourStyle();

/// The environment as far as it decides on colours; null = not set.
struct ColourEnvironment {
    const char* systemdColors = nullptr; ///< SYSTEMD_COLORS: a boolean, or a number of colours
    const char* noColor = nullptr;       ///< NO_COLOR: not empty = none (no-color.org)
    const char* term = nullptr;          ///< TERM: "dumb" or empty = none
};
bool wantsColours(bool isTerminal, const ColourEnvironment& environment);

/// The style that fits this process's standard output.
Style outputStyle();

/// To standard output, at once. Throws Error if it cannot be written: half of an answer must not pass for all of it.
void write(std::string_view text);

/// As write(); on a terminal through $SYSTEMD_PAGER, $PAGER or less, unless it is not wanted.
void page(const std::string& text, bool noPager);

} // namespace otgnet::ctl
