// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/doctor/command.hpp"

#include <array>
#include <cstdio>
#include <memory>

namespace otgnet::ctl {

namespace {

constexpr std::size_t outputLimit = 64 << 20; ///< a ruleset may be long

} // namespace

std::string outputOf(const char* command) {
    // NOLINTNEXTLINE(cert-env33-c): all commands are constants of ours
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command, "r"), pclose);
    std::string out;
    std::array<char, 65536> buffer{};
    while (pipe && out.size() < outputLimit) {
        const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
        if (got == 0)
            break;
        out.append(buffer.data(), got);
    }
    return out;
}

} // namespace otgnet::ctl
