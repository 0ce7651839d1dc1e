// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's gadget in the real kernel: a keyboard and two mice, and what the host hears of the keyboard.
#pragma once

#include "sandbox/kvmd_gadget.hpp"

#include <functional>

namespace otgnet::guest {

class KeyboardGadget : public sandbox::KvmdGadget {
public:
    KeyboardGadget();
    ~KeyboardGadget(); ///< takes it down if it still stands

    /// As kvmd-otgconf does: off the controller, every function anew, and back after a while (otg/init_delay).
    void relinkAll(const std::function<void()>& beforeTheBind) const;
    /// Presses a key at our end and waits until the host has heard it.
    void type() const;
};

} // namespace otgnet::guest
