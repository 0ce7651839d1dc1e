// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Starts a program apart from us.
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace otgnet {

struct Child {
    pid_t pid = -1; ///< leader of a session and process group of its own
    Fd pidfd{};     ///< readable when it has ended
    Fd output;      ///< its stdout and stderr, non-blocking
};

/// argv[0] is an absolute path. stdin is /dev/null, the environment is PATH and LANG, no signal is blocked or ignored.
/// Throws HookFailed. The caller has to wait for the child.
Child spawn(const std::vector<std::string>& argv);

} // namespace otgnet
