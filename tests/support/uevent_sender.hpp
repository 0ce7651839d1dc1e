// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Lets the kernel broadcast a uevent in our network namespace, as if one of its drivers had raised it.
#pragma once

#include "base/fd.hpp"

#include <string>

namespace otgnet::support {

class UeventSender {
public:
    UeventSender(); ///< needs CAP_SYS_ADMIN over the network namespace; throws Error
    /// A uevent of subsystem udc; `gadget` = what is bound, "" = nothing.
    void send(const std::string& action, const std::string& udc, const std::string& gadget) const;

private:
    Fd socket_;
};

} // namespace otgnet::support
