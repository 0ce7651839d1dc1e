// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Whether somebody owns a name on the bus, without starting him.
#pragma once

#include "base/sdbus.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace otgnet {

class NameWatch {
public:
    /// `changed` is called from the loop when the answer is known first, and at each change. A new owner in place of
    /// an old one is a loss and a gain.
    NameWatch(sdbus::IConnection& bus, const std::string& name, std::function<void(bool owned)> changed);

    std::optional<bool> owned() const { return owned_; } ///< empty: not known yet

private:
    void set(bool owned);
    void onChange(sdbus::Message& message);

    std::function<void(bool)> changed_;
    std::optional<bool> owned_;
    sdbus::Slot match_;
    std::unique_ptr<sdbus::IProxy> daemon_;
};

} // namespace otgnet
