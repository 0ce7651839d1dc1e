// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/placeholder.hpp"

#include "base/error.hpp"
#include "core/dhcp.hpp"
#include "core/plan.hpp"
#include "core/python.hpp"

#include <algorithm>

namespace otgnet {

namespace {

[[noreturn]] void broken(const std::string& what, std::string_view text) {
    throw Error(ErrorCode::InvalidConfig, what + " in " + python::repr(text));
}

struct Field {
    std::string_view name;
    bool quoted = false; ///< "!r": as repr() writes it
};

/// "iface", "iface!r" or "iface:s"; other formats make no sense for these values.
Field fieldOf(std::string_view field, std::string_view text) {
    const std::size_t end = std::min(field.find_first_of("!:"), field.size());
    std::string_view format = field.substr(end);
    const bool quoted = format.starts_with("!r") || format.starts_with("!a");
    format.remove_prefix(quoted || format.starts_with("!s") ? 2 : 0);
    if (!format.empty() && format != ":" && format != ":s")
        broken("the placeholder format " + python::repr(format) + " is not supported", text);
    return {field.substr(0, end), quoted};
}

std::string listed(const Placeholders& values) {
    std::string names;
    for (const auto& [name, value] : values)
        names += (names.empty() ? "{" : ", {") + name + '}';
    return names;
}

std::string valueOf(std::string_view written, const Placeholders& values, std::string_view text) {
    const Field field = fieldOf(written, text);
    const auto found = values.find(field.name);
    if (found == values.end())
        broken("unknown placeholder {" + std::string(written) + "} (there are " + listed(values) +
                   "; a brace is written twice)",
               text);
    return field.quoted ? python::repr(found->second) : found->second;
}

} // namespace

Placeholders placeholdersFor(const Cidr4& network, std::string_view ifname, bool forward) {
    const std::string address = ownAddress(network).text();
    const DhcpPool pool = poolOf(network);
    return {{"iface", std::string(ifname)},      {"iface_ip", address},
            {"net_ip", network.network.text()},  {"net_prefix", std::to_string(network.prefix)},
            {"net_mask", network.mask().text()}, {"dhcp_ip_begin", pool.first.text()},
            {"dhcp_ip_end", pool.last.text()},   {"dhcp_option_3", forward ? "3," + address : "3"}};
}

std::string fillPlaceholders(std::string_view text, const Placeholders& values) {
    if (text.find('\0') != std::string_view::npos) // no argument of a program can hold one
        broken("a NUL byte", text);
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != '{' && c != '}') {
            filled += c;
        } else if (i + 1 < text.size() && text[i + 1] == c) {
            filled += c;
            ++i;
        } else {
            const std::size_t end = text.find('}', i + 1);
            if (c == '}' || end == std::string_view::npos)
                broken(std::string("single ") + c, text);
            filled += valueOf(text.substr(i + 1, end - i - 1), values, text);
            i = end;
        }
    }
    return filled;
}

} // namespace otgnet
