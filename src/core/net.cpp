// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/net.hpp"

#include <algorithm>
#include <charconv>

namespace otgnet {

namespace {

/// A decimal number without sign or leading zeros, at most `max`.
std::optional<unsigned> parseDecimal(std::string_view text, unsigned max) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool padded = text.size() > 1 && text.front() == '0';
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || padded || number > max)
        return std::nullopt;
    return number;
}

std::uint32_t maskOf(unsigned prefix) {
    return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
}

std::optional<std::uint8_t> parseHexByte(std::string_view text) {
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), byte, 16);
    if (text.size() != 2 || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return byte;
}

} // namespace

std::optional<Ipv4> Ipv4::parse(std::string_view text) {
    Ipv4 address;
    for (int octet = 0; octet < 4; ++octet) {
        const std::size_t dot = octet < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos)
            return std::nullopt;
        const auto number = parseDecimal(text.substr(0, dot), 255);
        if (!number)
            return std::nullopt;
        address.value = address.value << 8 | *number;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return address;
}

std::string Ipv4::text() const {
    return std::to_string(value >> 24) + '.' + std::to_string(value >> 16 & 255) + '.' +
           std::to_string(value >> 8 & 255) + '.' + std::to_string(value & 255);
}

std::optional<Cidr4> Cidr4::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const auto address = Ipv4::parse(text.substr(0, slash));
    const auto prefix = parseDecimal(text.substr(slash + 1), 32);
    if (!address || !prefix || (address->value & ~maskOf(*prefix)) != 0)
        return std::nullopt;
    return Cidr4{*address, static_cast<std::uint8_t>(*prefix)};
}

Cidr4 Cidr4::of(Ipv4 address, std::uint8_t prefix) {
    return {{address.value & maskOf(prefix)}, prefix};
}

std::string Cidr4::text() const {
    return network.text() + '/' + std::to_string(prefix);
}

Ipv4 Cidr4::mask() const {
    return {maskOf(prefix)};
}

Ipv4 Cidr4::last() const {
    return {network.value | ~maskOf(prefix)};
}

bool Cidr4::contains(Ipv4 address) const {
    return (address.value & maskOf(prefix)) == network.value;
}

bool Cidr4::overlaps(const Cidr4& other) const {
    return contains(other.network) || other.contains(network);
}

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
    constexpr std::size_t length = 17;
    if (text.size() != length)
        return std::nullopt;
    MacAddress mac;
    for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
        const auto byte = parseHexByte(text.substr(i * 3, 2));
        if (!byte || (i > 0 && text[i * 3 - 1] != ':'))
            return std::nullopt;
        mac.bytes.at(i) = *byte;
    }
    return mac;
}

std::string MacAddress::text() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += text.empty() ? "" : ":";
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<IfName> IfName::parse(std::string_view text) {
    constexpr std::size_t longest = 15;
    constexpr std::string_view refused = "/:\"'`\\;{}%*#$";
    const auto bad = [&](char c) { return c <= ' ' || c > '~' || refused.find(c) != std::string_view::npos; };
    if (text.empty() || text.size() > longest || text == "." || text == ".." ||
        std::any_of(text.begin(), text.end(), bad))
        return std::nullopt;
    return IfName(text);
}

} // namespace otgnet
