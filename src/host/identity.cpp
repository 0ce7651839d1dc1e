// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/identity.hpp"

#include "base/file.hpp"

#include <algorithm>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t machineIdLength = 32;
constexpr std::size_t longestSerial = 64;

bool isLowerHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::string machineId(const fs::path& root) {
    const std::string text = readAttribute(root / "etc/machine-id"); // "uninitialized" in the first boot of an image
    return text.size() == machineIdLength && std::all_of(text.begin(), text.end(), isLowerHex) ? text : "";
}

/// "" for what cannot be a serial number: not printable, or the same character all over ("0000000000000000").
std::string plausible(std::string text) {
    text.erase(text.find_last_not_of(std::string_view("\0 ", 2)) + 1); // the device tree ends it with a NUL
    const auto odd = [](char c) { return c <= ' ' || c > '~'; };
    const bool bad = text.size() > longestSerial || std::any_of(text.begin(), text.end(), odd) ||
                     text.find_first_not_of(text.substr(0, 1)) == std::string::npos;
    return bad ? "" : text;
}

/// "Serial\t\t: 10000000abcdef01"
std::string fromCpuinfo(const fs::path& root) {
    const std::string text = readFileIfExists(root / "proc/cpuinfo", 1 << 24).value_or("");
    const std::size_t key = text.find("\nSerial");
    const std::size_t colon = text.find(": ", key);
    if (key == std::string::npos || colon == std::string::npos)
        return {};
    return text.substr(colon + 2, text.find('\n', colon) - colon - 2);
}

std::string serialNumber(const fs::path& root) {
    for (const std::string& candidate : {readAttribute(root / "sys/firmware/devicetree/base/serial-number"),
                                         fromCpuinfo(root), readAttribute(root / "sys/class/dmi/id/product_uuid")})
        if (std::string serial = plausible(candidate); !serial.empty())
            return serial;
    return {};
}

} // namespace

Identity readIdentity(const fs::path& root) {
    return {machineId(root), serialNumber(root)};
}

} // namespace otgnet
