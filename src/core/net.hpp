// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Network values. After the border of the program only these exist, no strings with a meaning.
/// All parse() functions are strict and locale-free; they answer nothing for what is not exactly right.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace otgnet {

/// An IPv4 address, in host byte order.
struct Ipv4 {
    std::uint32_t value = 0;

    static std::optional<Ipv4> parse(std::string_view text); ///< "172.30.30.1"; no leading zeros
    std::string text() const;
    auto operator<=>(const Ipv4&) const = default;
};

/// An IPv4 network: host bits are zero, prefix is 0..32.
struct Cidr4 {
    Ipv4 network;
    std::uint8_t prefix = 0;

    static std::optional<Cidr4> parse(std::string_view text); ///< "172.30.30.0/24"
    static Cidr4 of(Ipv4 address, std::uint8_t prefix);       ///< the network that holds the address
    std::string text() const;
    Ipv4 mask() const;
    Ipv4 last() const; ///< the broadcast address where there is one
    bool contains(Ipv4 address) const;
    bool overlaps(const Cidr4& other) const;
    auto operator<=>(const Cidr4&) const = default;
};

/// An Ethernet address.
struct MacAddress {
    std::array<std::uint8_t, 6> bytes{};

    static std::optional<MacAddress> parse(std::string_view text); ///< "48:6f:73:74:50:43", any case
    std::string text() const;                                      ///< lower case
    bool isMulticast() const { return (bytes[0] & 1U) != 0; }
    bool isZero() const { return bytes == std::array<std::uint8_t, 6>{}; }
    auto operator<=>(const MacAddress&) const = default;
};

/// The name of a network interface: 1..15 characters as the kernel takes them (no '/', ':', space or control character,
/// not "." or ".."), and printable ASCII without quotes, so that it is safe inside a ruleset or a profile.
class IfName {
public:
    static std::optional<IfName> parse(std::string_view text);
    const std::string& text() const { return text_; }
    auto operator<=>(const IfName&) const = default;

private:
    explicit IfName(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace otgnet
