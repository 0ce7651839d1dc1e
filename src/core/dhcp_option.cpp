// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dhcp_option.hpp"

#include "core/python.hpp"
#include "core/validators_own.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace otgnet {

namespace {

using Bytes = std::vector<std::uint8_t>;

enum class Kind { any, addresses, names, text, byte, word, longWord };

struct Known {
    std::uint8_t number;
    std::string_view name;
    Kind kind = Kind::any;
};

constexpr std::array table{
    Known{1, "netmask", Kind::addresses},
    Known{2, "time-offset", Kind::longWord},
    Known{3, "router", Kind::addresses},
    Known{6, "dns-server", Kind::addresses},
    Known{7, "log-server", Kind::addresses},
    Known{9, "lpr-server", Kind::addresses},
    Known{12, "hostname", Kind::text},
    Known{13, "boot-file-size", Kind::word},
    Known{15, "domain-name", Kind::text},
    Known{16, "swap-server", Kind::addresses},
    Known{17, "root-path", Kind::text},
    Known{18, "extension-path", Kind::text},
    Known{19, "ip-forward-enable", Kind::byte},
    Known{20, "non-local-source-routing", Kind::byte},
    Known{21, "policy-filter", Kind::addresses},
    Known{22, "max-datagram-reassembly", Kind::word},
    Known{23, "default-ttl", Kind::byte},
    Known{26, "mtu", Kind::word},
    Known{27, "all-subnets-local", Kind::byte},
    Known{28, "broadcast", Kind::addresses},
    Known{31, "router-discovery", Kind::byte},
    Known{32, "router-solicitation", Kind::addresses},
    Known{33, "static-route", Kind::addresses},
    Known{34, "trailer-encapsulation", Kind::byte},
    Known{35, "arp-timeout", Kind::longWord},
    Known{36, "ethernet-encap", Kind::byte},
    Known{37, "tcp-ttl", Kind::byte},
    Known{38, "tcp-keepalive", Kind::longWord},
    Known{40, "nis-domain", Kind::text},
    Known{41, "nis-server", Kind::addresses},
    Known{42, "ntp-server", Kind::addresses},
    Known{43, "vendor-encap"},
    Known{44, "netbios-ns", Kind::addresses},
    Known{45, "netbios-dd", Kind::addresses},
    Known{46, "netbios-nodetype", Kind::byte},
    Known{47, "netbios-scope"},
    Known{48, "x-windows-fs", Kind::addresses},
    Known{49, "x-windows-dm", Kind::addresses},
    Known{50, "requested-address", Kind::addresses},
    Known{51, "lease-time", Kind::longWord},
    Known{52, "option-overload"},
    Known{53, "message-type", Kind::byte},
    Known{54, "server-identifier", Kind::addresses},
    Known{55, "parameter-request"},
    Known{56, "message"},
    Known{57, "max-message-size", Kind::word},
    Known{58, "T1", Kind::longWord},
    Known{59, "T2", Kind::longWord},
    Known{60, "vendor-class"},
    Known{61, "client-id"},
    Known{64, "nis+-domain", Kind::text},
    Known{65, "nis+-server", Kind::addresses},
    Known{66, "tftp-server", Kind::text},
    Known{67, "bootfile-name", Kind::text},
    Known{68, "mobile-ip-home", Kind::addresses},
    Known{69, "smtp-server", Kind::addresses},
    Known{70, "pop3-server", Kind::addresses},
    Known{71, "nntp-server", Kind::addresses},
    Known{74, "irc-server", Kind::addresses},
    Known{77, "user-class"},
    Known{80, "rapid-commit"},
    Known{81, "FQDN"},
    Known{82, "agent-id"},
    Known{93, "client-arch", Kind::word},
    Known{94, "client-interface-id"},
    Known{97, "client-machine-id"},
    Known{100, "posix-timezone", Kind::text},
    Known{101, "tzdb-timezone", Kind::text},
    Known{118, "subnet-select"},
    Known{119, "domain-search", Kind::names},
    Known{120, "sip-server"},
    Known{121, "classless-static-route"},
    Known{125, "vendor-id-encap"},
    Known{150, "tftp-server-address", Kind::addresses},
    Known{255, "server-ip-address", Kind::addresses},
};

Kind kindOf(std::uint8_t number) {
    const auto* const known = std::find_if(table.begin(), table.end(), [=](Known k) { return k.number == number; });
    return known == table.end() ? Kind::any : known->kind;
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t max) {
    const bool hex = text.starts_with("0x");
    const std::string_view digits = text.substr(hex ? 2 : 0);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size() && !digits.empty();
    return whole && value <= max ? std::optional{value} : std::nullopt;
}

void putNumber(Bytes& bytes, std::uint32_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;)
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Bytes numbers(const std::vector<std::string>& values, unsigned size) {
    const auto max = static_cast<std::uint32_t>((std::uint64_t{1} << (8 * size)) - 1);
    Bytes bytes;
    for (const std::string& text : values) {
        const auto value = number(text, max);
        if (!value)
            refuse(python::repr(text) + " is not a number up to " + std::to_string(max));
        putNumber(bytes, *value, size);
    }
    return bytes;
}

Bytes addresses(const std::vector<std::string>& values, Ipv4 self) {
    Bytes bytes;
    for (const std::string& text : values) {
        const auto address = Ipv4::parse(text);
        if (!address)
            refuse(python::repr(text) + " is not an IPv4 address");
        putNumber(bytes, address->value == 0 ? self.value : address->value, 4);
    }
    return bytes;
}

/// Names in the form of RFC 1035, uncompressed.
Bytes names(const std::vector<std::string>& values) {
    Bytes bytes;
    for (const std::string& name : values) {
        if (!valid::isHostName(name))
            refuse(python::repr(name) + " is not a domain name");
        for (std::size_t begin = 0; begin <= name.size();) {
            const std::size_t end = std::min(name.find('.', begin), name.size());
            bytes.push_back(static_cast<std::uint8_t>(end - begin));
            bytes.insert(bytes.end(), name.begin() + static_cast<std::ptrdiff_t>(begin),
                         name.begin() + static_cast<std::ptrdiff_t>(end));
            begin = end + 1;
        }
        bytes.push_back(0);
    }
    return bytes;
}

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values)
        text += (&value == values.data() ? "" : ",") + value;
    return text;
}

Bytes text(const std::vector<std::string>& values) {
    std::string whole = joined(values);
    if (whole.size() >= 2 && whole.front() == '"' && whole.back() == '"')
        whole = whole.substr(1, whole.size() - 2);
    return {whole.begin(), whole.end()};
}

/// "01:ff:0a"
std::optional<Bytes> hexBytes(std::string_view text) {
    if (text.find(':') == std::string_view::npos)
        return std::nullopt;
    Bytes bytes;
    for (;;) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        std::uint8_t byte = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + colon, byte, 16);
        if (error != std::errc{} || end != text.data() + colon)
            return std::nullopt;
        bytes.push_back(byte);
        if (colon == text.size())
            return bytes;
        text.remove_prefix(colon + 1);
    }
}

/// A number takes the fewest bytes that hold it, unless a letter b, s or i says one, two or four.
std::optional<Bytes> smallestNumber(std::string_view text) {
    constexpr std::string_view suffixes = "bsi";
    constexpr std::array<unsigned, 3> sizes{1, 2, 4};
    const std::size_t suffix = text.empty() ? std::string_view::npos : suffixes.find(text.back());
    if (suffix != std::string_view::npos)
        text.remove_suffix(1);
    const auto value = number(text, UINT32_MAX);
    if (!value)
        return std::nullopt;
    Bytes bytes;
    const unsigned needed = *value > 0xffff ? 4 : *value > 0xff ? 2 : 1;
    putNumber(bytes, *value, suffix != std::string_view::npos ? sizes.at(suffix) : needed);
    return bytes;
}

Bytes guessed(const std::vector<std::string>& values, Ipv4 self) {
    const auto isAddress = [](const std::string& value) { return Ipv4::parse(value).has_value(); };
    if (!values.empty() && std::all_of(values.begin(), values.end(), isAddress))
        return addresses(values, self);
    if (values.size() == 1) {
        if (auto bytes = hexBytes(values.front()))
            return *bytes;
        if (auto bytes = smallestNumber(values.front()))
            return *bytes;
    }
    return text(values);
}

Bytes encoded(std::uint8_t number, const std::vector<std::string>& values, Ipv4 self) {
    switch (kindOf(number)) {
    case Kind::addresses:
        return addresses(values, self);
    case Kind::names:
        return names(values);
    case Kind::text:
        return text(values);
    case Kind::byte:
        return numbers(values, 1);
    case Kind::word:
        return numbers(values, 2);
    case Kind::longWord:
        return numbers(values, 4);
    case Kind::any:
        break;
    }
    return guessed(values, self);
}

} // namespace

std::optional<std::uint8_t> dhcpOptionNumber(std::string_view text) {
    constexpr std::string_view prefix = "option:";
    if (text.starts_with(prefix))
        text.remove_prefix(prefix.size());
    if (const auto value = number(text, UINT8_MAX))
        return static_cast<std::uint8_t>(*value);
    const std::string name = python::lower(text);
    for (const Known& known : table)
        if (python::lower(known.name) == name)
            return known.number;
    return std::nullopt;
}

bool isServersOwn(std::uint8_t number) {
    constexpr std::array<std::uint8_t, 14> own{0, 255, 1, 3, 6, 43, 50, 51, 52, 53, 54, 77, 82, 120};
    return std::find(own.begin(), own.end(), number) != own.end();
}

std::vector<std::uint8_t> dhcpPayload(std::uint8_t number, const std::vector<std::string>& values, Ipv4 self) {
    constexpr std::size_t longest = 255;
    Bytes bytes = encoded(number, values, self);
    if (bytes.size() > longest)
        refuse("longer than 255 bytes");
    return bytes;
}

} // namespace otgnet
