// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's gadget in the real kernel: a keyboard and two mice, and what the host hears of the keyboard.
#pragma once

#include "sandbox/kvmd_gadget.hpp"

namespace otgnet::guest {

class KeyboardGadget : public sandbox::KvmdGadget {
public:
    KeyboardGadget();
    ~KeyboardGadget(); ///< takes it down if it still stands

    void relinkAll() const; ///< as kvmd-otgconf does: off the controller, every function anew, and back
    /// Presses a key at our end and waits until the host has heard it.
    void type() const;
};

} // namespace otgnet::guest
