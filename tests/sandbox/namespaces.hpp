// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The walls of the sandbox: whatever a test starts or changes is gone when the test binary ends.
#pragma once

#include <functional>

namespace otgnet::sandbox {

/// Runs `body` as a child of the first process of a new mount, net, pid, uts and ipc namespace and answers its exit
/// code (128 + signal if it was killed). Needs root; complains and answers 1 without.
int runInside(const std::function<int()>& body);

} // namespace otgnet::sandbox
