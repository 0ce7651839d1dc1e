// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dhcp_payload.hpp"

#include "core/dhcp_option.hpp"
#include "core/dnsmasq_words.hpp"
#include "core/python.hpp"
#include "core/validators_own.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace otgnet {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr unsigned addressBits = 32;
constexpr unsigned addressBytes = 4;

void putNumber(Bytes& bytes, std::uint32_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;)
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// The octets of an address that a prefix of this length covers.
void putNetwork(Bytes& bytes, Ipv4 address, unsigned prefix) {
    const unsigned octets = (prefix + 7) / 8;
    bytes.push_back(static_cast<std::uint8_t>(prefix));
    putNumber(bytes, static_cast<std::uint32_t>(std::uint64_t{address.value} >> 8 * (addressBytes - octets)), octets);
}

bool madeOf(std::string_view text, std::string_view characters) {
    return text.find_first_not_of(characters) == std::string_view::npos;
}

constexpr std::string_view decimal = "0123456789-";

/// dnsmasq goes by the characters of a value, whatever the option is.
enum class Form { text, number, hexBytes, addresses };

Form formOf(std::string_view text) {
    if (text.find(':') != std::string_view::npos && madeOf(text, "0123456789abcdefABCDEF:"))
        return Form::hexBytes;
    if (text.find_first_of("0123456789") == std::string_view::npos)
        return Form::text;
    if (madeOf(text, decimal))
        return Form::number;
    return madeOf(text, "0123456789./, ") && text.front() != '/' ? Form::addresses : Form::text;
}

/// A letter b, s or i behind a number says one, two or four bytes. 0: there is none.
unsigned cutSize(std::string_view& text) {
    constexpr std::string_view letters = "bsi";
    constexpr std::array<unsigned, 3> sizes{1, 2, 4};
    const std::size_t letter = text.empty() ? std::string_view::npos : letters.find(text.back());
    if (letter == std::string_view::npos || !madeOf(text.substr(0, text.size() - 1), decimal))
        return 0;
    text.remove_suffix(1);
    return sizes.at(letter);
}

unsigned sizeOf(DhcpOptionKind kind, std::int64_t value) {
    switch (kind) {
    case DhcpOptionKind::byte:
        return 1;
    case DhcpOptionKind::word:
        return 2;
    case DhcpOptionKind::longWord:
        return 4;
    case DhcpOptionKind::any:
    case DhcpOptionKind::addresses:
    case DhcpOptionKind::names:
    case DhcpOptionKind::text:
        break;
    }
    return value < 0 || value > UINT16_MAX ? 4 : value > UINT8_MAX ? 2 : 1;
}

Bytes numberBytes(DhcpOptionKind kind, std::string_view text, unsigned size) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        refuse(python::repr(text) + " is not a number");
    size = size == 0 ? sizeOf(kind, value) : size;
    const std::int64_t over = std::int64_t{1} << (8 * size);
    if (value >= over || value < -over / 2)
        refuse(python::repr(text) + " is not a number of " + std::to_string(8 * size) + " bits");
    Bytes bytes;
    putNumber(bytes, static_cast<std::uint32_t>(value), size);
    return bytes;
}

/// "01:ff:a"
Bytes hexBytes(std::string_view text) {
    Bytes bytes;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(':', begin), text.size());
        std::uint8_t byte = 0;
        if (end == begin || end - begin > 2)
            refuse(python::repr(text) + " is not a list of hexadecimal bytes");
        std::from_chars(text.data() + begin, text.data() + end, byte, 16);
        bytes.push_back(byte);
        begin = end + 1;
    }
    return bytes;
}

/// "10.0.0.0/8"
void putNetwork(Bytes& bytes, const std::string& text) {
    const std::size_t slash = text.find('/');
    const auto network = Ipv4::parse(text.substr(0, slash));
    unsigned prefix = addressBits + 1;
    const char* const end = text.data() + text.size();
    if (!network || std::from_chars(text.data() + slash + 1, end, prefix).ptr != end || prefix > addressBits)
        refuse(python::repr(text) + " is not an IPv4 network");
    putNetwork(bytes, *network, prefix);
}

/// A network among the values makes them classless routes, in which 0.0.0.0 stands for itself: no gateway.
Bytes addresses(std::string_view values, Ipv4 self) {
    if (values.find('/') != std::string_view::npos)
        self = Ipv4{};
    Bytes bytes;
    for (const std::string& text : cutAtCommas(std::string(values))) {
        if (text.find('/') != std::string::npos) {
            putNetwork(bytes, text);
            continue;
        }
        const auto address = Ipv4::parse(text);
        if (!address)
            refuse(python::repr(text) + " is not an IPv4 address");
        putNumber(bytes, address->value == 0 ? self.value : address->value, addressBytes);
    }
    return bytes;
}

/// In the form of RFC 1035, uncompressed.
void putName(Bytes& bytes, std::string_view name) {
    if (!valid::isHostName(name))
        refuse(python::repr(name) + " is not a domain name");
    while (!name.empty()) {
        const std::string_view label = name.substr(0, name.find('.'));
        bytes.push_back(static_cast<std::uint8_t>(label.size()));
        bytes.insert(bytes.end(), label.begin(), label.end());
        name.remove_prefix(std::min(label.size() + 1, name.size()));
    }
    bytes.push_back(0);
}

Bytes names(std::string_view values) {
    Bytes bytes;
    for (const std::string& name : cutAtCommas(std::string(values)))
        putName(bytes, name);
    return bytes;
}

bool isNumber(DhcpOptionKind kind) {
    return kind == DhcpOptionKind::byte || kind == DhcpOptionKind::word || kind == DhcpOptionKind::longWord;
}

Bytes byForm(DhcpOptionKind kind, std::string_view value, unsigned size, Ipv4 self) {
    switch (formOf(value)) {
    case Form::number:
        return numberBytes(kind, value, size);
    case Form::hexBytes:
        return hexBytes(value);
    case Form::addresses:
        return addresses(value, self);
    case Form::text:
        break;
    }
    if (isNumber(kind) && !value.empty())
        refuse(python::repr(value) + " is not a number");
    return {value.begin(), value.end()};
}

Bytes encoded(DhcpOptionKind kind, std::string_view value, Ipv4 self) {
    const unsigned size = cutSize(value);
    if (kind == DhcpOptionKind::text || value.empty())
        return {value.begin(), value.end()};
    if (kind == DhcpOptionKind::names)
        return names(value);
    return kind == DhcpOptionKind::addresses ? addresses(value, self) : byForm(kind, value, size, self);
}

} // namespace

std::vector<std::uint8_t> dhcpPayload(std::uint8_t number, std::string_view value, Ipv4 self) {
    constexpr std::size_t longest = 255;
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    Bytes bytes = encoded(dhcpOptionKind(number), value, self);
    if (bytes.size() > longest)
        refuse("longer than 255 bytes");
    return bytes;
}

std::vector<std::uint8_t> routePayload(const std::vector<ClasslessRoute>& routes) {
    Bytes bytes;
    for (const ClasslessRoute& route : routes) {
        putNetwork(bytes, route.to.network, route.to.prefix);
        putNumber(bytes, route.via.value, addressBytes);
    }
    return bytes;
}

std::optional<std::vector<ClasslessRoute>> parseRoutePayload(const std::vector<std::uint8_t>& payload) {
    std::vector<ClasslessRoute> routes;
    for (auto byte = payload.begin(); byte != payload.end();) {
        const std::uint8_t prefix = *byte++;
        const std::ptrdiff_t octets = (prefix + 7) / 8;
        if (prefix > addressBits || payload.end() - byte < octets + static_cast<std::ptrdiff_t>(addressBytes))
            return std::nullopt;
        const auto take = [&](std::ptrdiff_t count) {
            std::uint32_t value = 0;
            for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(addressBytes); ++i)
                value = value << 8 | (i < count ? *byte++ : 0U);
            return Ipv4{value};
        };
        const Cidr4 to = Cidr4::of(take(octets), prefix);
        routes.push_back({to, take(addressBytes)});
    }
    return routes;
}

} // namespace otgnet
