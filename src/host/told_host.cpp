// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/told_host.hpp"

#include "base/file.hpp"
#include "base/loop.hpp"

namespace otgnet {

ToldHost::ToldHost(std::filesystem::path file) : file_(std::move(file)), told_(std::filesystem::exists(file_)) {}

void ToldHost::setHostTold(bool told) noexcept {
    told_ = told;
    guard("remembering the host", [this] {
        if (told_)
            writeFileAtomic(file_, "", 0644, ErrorCode::Failed);
        else
            removeFile(file_, ErrorCode::Failed);
    });
}

} // namespace otgnet
