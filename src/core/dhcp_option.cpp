// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/dhcp_option.hpp"

#include "core/python.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace otgnet {

namespace {

using Kind = DhcpOptionKind;

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
    Known{108, "ipv6-only", Kind::longWord},
    Known{118, "subnet-select"},
    Known{119, "domain-search", Kind::names},
    Known{120, "sip-server"},
    Known{121, "classless-static-route"},
    Known{125, "vendor-id-encap"},
    Known{150, "tftp-server-address", Kind::addresses},
    Known{255, "server-ip-address", Kind::addresses},
};

} // namespace

std::optional<std::uint8_t> dhcpOptionNumber(std::string_view text) {
    constexpr std::string_view prefix = "option:";
    if (text.starts_with(prefix))
        text.remove_prefix(prefix.size());
    std::uint8_t value = 0;
    const char* const last = text.data() + text.size();
    if (const auto [end, error] = std::from_chars(text.data(), last, value); error == std::errc{} && end == last)
        return value;
    const std::string name = python::lower(text);
    for (const Known& known : table)
        if (python::lower(known.name) == name)
            return known.number;
    return std::nullopt;
}

bool isServersOwn(std::uint8_t number) {
    constexpr std::array<std::uint8_t, 20> own{0,  1,  3,  6,  43, 50, 51, 52, 53,  54,
                                               55, 56, 57, 58, 59, 61, 77, 82, 120, 255};
    return std::find(own.begin(), own.end(), number) != own.end();
}

DhcpOptionKind dhcpOptionKind(std::uint8_t number) {
    const auto* const known = std::find_if(table.begin(), table.end(), [=](Known k) { return k.number == number; });
    return known == table.end() ? Kind::any : known->kind;
}

} // namespace otgnet
