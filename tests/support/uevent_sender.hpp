// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Lets the kernel broadcast a uevent in our network namespace, as if one of its drivers had raised it.
#pragma once

#include "base/fd.hpp"

#include <string>
#include <vector>

namespace otgnet::support {

class UeventSender {
public:
    UeventSender(); ///< needs CAP_SYS_ADMIN over the network namespace; throws Error
    /// A uevent of subsystem udc; `gadget` = what is bound, "" = nothing.
    void udc(const std::string& action, const std::string& udc, const std::string& gadget) const;
    void module(const std::string& action, const std::string& name) const;

private:
    void send(const std::string& action, const std::string& path, const std::string& subsystem,
              std::vector<std::string> more) const;

    Fd socket_;
};

} // namespace otgnet::support
