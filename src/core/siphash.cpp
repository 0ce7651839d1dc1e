// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/siphash.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace otgnet {

namespace {

struct State {
    std::uint64_t a;
    std::uint64_t b;
    std::uint64_t c;
    std::uint64_t d;

    void round() {
        a += b;
        b = std::rotl(b, 13) ^ a;
        a = std::rotl(a, 32);
        c += d;
        d = std::rotl(d, 16) ^ c;
        a += d;
        d = std::rotl(d, 21) ^ a;
        c += b;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }

    void take(std::uint64_t word) {
        d ^= word;
        round();
        round();
        a ^= word;
    }
};

std::uint64_t keyHalf(std::string_view hex, std::size_t half) {
    constexpr std::size_t digits = 16;
    const std::string_view part = hex.substr(std::min(half * digits, hex.size()), digits);
    std::uint64_t key = 0;
    std::from_chars(part.data(), part.data() + part.size(), key, 16);
    return key;
}

std::uint64_t littleEndian(std::string_view bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return word;
}

} // namespace

std::uint64_t sipHash(std::string_view hexKey, std::string_view text) {
    const std::uint64_t k0 = keyHalf(hexKey, 0);
    const std::uint64_t k1 = keyHalf(hexKey, 1);
    State state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
    const std::uint64_t length = text.size();
    for (; text.size() >= 8; text.remove_prefix(8))
        state.take(littleEndian(text.substr(0, 8)));
    state.take(littleEndian(text) | length << 56U);
    state.c ^= 0xff;
    for (int i = 0; i < 4; ++i)
        state.round();
    return state.a ^ state.b ^ state.c ^ state.d;
}

} // namespace otgnet
