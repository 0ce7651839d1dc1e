// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Text as code points, with the few properties of them that kvmd's rules depend on.
#pragma once

#include <string>
#include <string_view>

namespace otgnet::utf8 {

/// What stands for a byte that is no UTF-8.
constexpr char32_t broken = 0xFFFD;

/// Takes the first code point off `text`, which must not be empty. A byte that is no UTF-8 counts as one `broken`.
char32_t take(std::string_view& text);
void append(std::string& text, char32_t point);
std::size_t length(std::string_view text); ///< in code points
bool valid(std::string_view text);

bool isSpace(char32_t point);     ///< what Python's str.strip() takes away
bool isPrintable(char32_t point); ///< str.isprintable()
int decimalDigit(char32_t point); ///< 0..9 of any script, -1 for everything else
std::string_view strip(std::string_view text);
/// At most so many bytes of it, and "…" for the rest: a stranger's megabyte does not go into an error text.
std::string clipped(std::string text, std::size_t longest);

} // namespace otgnet::utf8
