// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/memory.hpp"

#include "base/file.hpp"
#include "base/loop.hpp"

#include <utility>

namespace otgnet {

namespace {

constexpr const char* hostFile = "attached";
constexpr const char* leasesFile = "leased";

} // namespace

Memory::Memory(std::filesystem::path directory)
    : directory_(std::move(directory)), told_{.host = std::filesystem::exists(directory_ / hostFile),
                                              .leases = std::filesystem::exists(directory_ / leasesFile)} {}

void Memory::setTold(const Told& told) noexcept {
    const Told before = std::exchange(told_, told);
    guard("remembering what was told", [&] {
        if (told.host != before.host)
            set(hostFile, told.host);
        if (told.leases != before.leases)
            set(leasesFile, told.leases);
    });
}

void Memory::set(const char* name, bool told) const {
    if (told)
        writeFileAtomic(directory_ / name, "", 0644, ErrorCode::Failed);
    else
        removeFile(directory_ / name, ErrorCode::Failed);
}

} // namespace otgnet
