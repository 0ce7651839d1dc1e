// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Whether the bus has been told of a host, over the death of the daemon: a file in /run that is there or not.
#pragma once

#include "core/ports.hpp"

#include <filesystem>

namespace otgnet {

class ToldHost final : public MemoryPort {
public:
    explicit ToldHost(std::filesystem::path file = "/run/otgnet/attached");

    bool hostTold() const override { return told_; }
    void setHostTold(bool told) noexcept override; ///< a failure is logged

private:
    std::filesystem::path file_;
    bool told_;
};

} // namespace otgnet
