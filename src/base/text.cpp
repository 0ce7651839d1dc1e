// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/text.hpp"

#include <glib.h>

namespace otgnet {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool isSpace(gunichar c) {
    return (c >= '\t' && c <= '\r') || c == 0x2028 || c == 0x2029;
}

/// sd-bus refuses noncharacters, unlike GLib.
bool isNoncharacter(gunichar c) {
    return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFEU) == 0xFFFE;
}

bool turnsDirection(gunichar c) {
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

} // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const gunichar c = g_utf8_get_char_validated(text.data(), static_cast<gssize>(text.size()));
        const bool invalid = (c & 0x80000000U) != 0;
        const std::size_t length = invalid || c == 0 ? 1 : static_cast<std::size_t>(g_unichar_to_utf8(c, nullptr));
        if (!invalid && isSpace(c))
            clean += ' ';
        else if (invalid || g_unichar_iscntrl(c) != 0 || isNoncharacter(c) || turnsDirection(c))
            clean += replacement;
        else
            clean += text.substr(0, length);
        text.remove_prefix(length);
    }
    return clean;
}

} // namespace otgnet
