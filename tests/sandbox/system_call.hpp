// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// System calls of the harness: a failure throws std::system_error.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace otgnet::sandbox {

template<class Result>
Result checked(Result result, const std::string& what) {
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), "cannot " + what);
    return result;
}

} // namespace otgnet::sandbox
