// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// kvmd's gadget in the modelled kernel: keyboard, mouse, drive and serial port.
#pragma once

#include "sandbox/kernel.hpp"
#include "sandbox/kvmd_gadget.hpp"

namespace otgnet::sandbox {

class ModelledKvmd : public KvmdGadget {
public:
    explicit ModelledKvmd(const Kernel& kernel)
        : KvmdGadget(kernel.roots().gadgets(),
                     "/tmp/otgnet-kvmd-" + kernel.roots().configfs.parent_path().filename().string() + "/otg",
                     {{"hid.usb0", "Keyboard", 1, R"("hid", "keyboard")"},
                      {"hid.usb1", "Absolute Mouse", 1, R"("hid", "mouse")"},
                      {"mass_storage.usb0", "Mass Storage Drive", 2, R"("msd")"},
                      {"acm.usb0", "Serial Port", 2, R"("serial")"}}) {}
};

} // namespace otgnet::sandbox
