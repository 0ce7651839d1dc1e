// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the bus has been told, over the death of the daemon: files in /run that are there or not.
#pragma once

#include "core/ports.hpp"

#include <filesystem>

namespace otgnet {

class Memory final : public MemoryPort {
public:
    explicit Memory(std::filesystem::path directory = "/run/otgnet");

    Told told() const override { return told_; }
    void setTold(const Told& told) noexcept override; ///< a failure is logged

private:
    void set(const char* name, bool told) const;

    std::filesystem::path directory_;
    Told told_;
};

} // namespace otgnet
