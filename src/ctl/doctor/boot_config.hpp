// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The boot configuration of a Raspberry Pi, as far as it decides on the USB port.
#pragma once

#include "ctl/doctor/machine.hpp"

namespace otgnet::ctl {

/// Pure. What the last dwc2 overlay in `config` (the text of config.txt) that holds for `model` says. Sections such as
/// [cm4] or [pi5] are followed, others count as fulfilled.
Overlay dwc2Overlay(const std::string& config, const std::string& model);

} // namespace otgnet::ctl
