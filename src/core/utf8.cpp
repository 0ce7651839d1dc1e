// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/utf8.hpp"

#include <algorithm>
#include <array>

namespace otgnet::utf8 {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// Zero of every run of ten decimal digits (Unicode 14, category Nd).
constexpr std::array<char32_t, 66> zeros{
    0x30,    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,
    0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,
    0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0,
    0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60,
    0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0};

constexpr std::array spaces{Range{0x9, 0xd},       Range{0x1c, 0x20},     Range{0x85, 0x85},     Range{0xa0, 0xa0},
                            Range{0x1680, 0x1680}, Range{0x2000, 0x200a}, Range{0x2028, 0x2029}, Range{0x202f, 0x202f},
                            Range{0x205f, 0x205f}, Range{0x3000, 0x3000}};

/// Controls, format characters, separators, surrogates, private use and what can never be a character. Code points
/// that are merely unassigned so far count as printable here.
constexpr std::array unprintable{
    Range{0x0, 0x1f},      Range{0x7f, 0xa0},       Range{0xad, 0xad},       Range{0x600, 0x605},
    Range{0x61c, 0x61c},   Range{0x6dd, 0x6dd},     Range{0x70f, 0x70f},     Range{0x1680, 0x1680},
    Range{0x180e, 0x180e}, Range{0x2000, 0x200f},   Range{0x2028, 0x202f},   Range{0x205f, 0x206f},
    Range{0x3000, 0x3000}, Range{0xd800, 0xf8ff},   Range{0xfeff, 0xfeff},   Range{0xfff0, 0xfffb},
    Range{0xfffe, 0xffff}, Range{0xe0000, 0xe00ff}, Range{0xe01f0, 0x10ffff}};

template<std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t point) {
    return std::any_of(ranges.begin(), ranges.end(), [point](Range r) { return point >= r.first && point <= r.last; });
}

struct Lead {
    unsigned more;     ///< bytes that follow
    char32_t bits;     ///< of the first byte
    char32_t smallest; ///< an encoding that could be shorter is none
};

Lead leadOf(unsigned char byte) {
    if (byte < 0x80)
        return {0, byte, 0};
    if ((byte & 0xe0U) == 0xc0)
        return {1, byte & 0x1fU, 0x80};
    if ((byte & 0xf0U) == 0xe0)
        return {2, byte & 0x0fU, 0x800};
    if ((byte & 0xf8U) == 0xf0)
        return {3, byte & 0x07U, 0x10000};
    return {4, 0, 0};
}

/// Decodes the first code point; its length is 0 if the bytes are no UTF-8.
std::pair<char32_t, std::size_t> decode(std::string_view text) {
    const Lead lead = leadOf(static_cast<unsigned char>(text.front()));
    if (lead.more > 3 || text.size() <= lead.more)
        return {broken, 0};
    char32_t point = lead.bits;
    for (std::size_t i = 1; i <= lead.more; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0U) != 0x80)
            return {broken, 0};
        point = point << 6 | (byte & 0x3fU);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < lead.smallest || point > 0x10ffff || surrogate)
        return {broken, 0};
    return {point, lead.more + 1};
}

} // namespace

char32_t take(std::string_view& text) {
    const auto [point, bytes] = decode(text);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
    return point;
}

void append(std::string& text, char32_t point) {
    if (point < 0x80) {
        text += static_cast<char>(point);
        return;
    }
    const unsigned more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    const unsigned mark = 0xff00U >> (more + 1) & 0xffU;
    text += static_cast<char>(mark | point >> (6 * more));
    for (unsigned i = more; i-- > 0;)
        text += static_cast<char>(0x80U | (point >> (6 * i) & 0x3fU));
}

std::size_t length(std::string_view text) {
    std::size_t points = 0;
    for (; !text.empty(); ++points)
        take(text);
    return points;
}

bool valid(std::string_view text) {
    while (!text.empty()) {
        const std::size_t bytes = decode(text).second;
        if (bytes == 0)
            return false;
        text.remove_prefix(bytes);
    }
    return true;
}

bool isSpace(char32_t point) {
    return within(spaces, point);
}

bool isPrintable(char32_t point) {
    return !within(unprintable, point);
}

int decimalDigit(char32_t point) {
    const auto* next = std::upper_bound(zeros.begin(), zeros.end(), point);
    if (next == zeros.begin() || point - *(next - 1) > 9)
        return -1;
    return static_cast<int>(point - *(next - 1));
}

std::string_view strip(std::string_view text) {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool inside = false;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t before = text.size() - rest.size();
        if (isSpace(take(rest)))
            continue;
        begin = inside ? begin : before;
        inside = true;
        end = text.size() - rest.size();
    }
    return text.substr(begin, end - begin);
}

std::string clipped(std::string text, std::size_t longest) {
    if (text.size() <= longest)
        return text;
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80)
        --cut;
    return text.substr(0, cut) + "…";
}

} // namespace otgnet::utf8
