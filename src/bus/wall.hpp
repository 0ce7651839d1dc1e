// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The border that exceptions cross as D-Bus errors. sdbus-c++ 1.2 ends the process for any other one.
#pragma once

#include "base/error.hpp"
#include "base/sdbus.hpp"

#include <exception>
#include <utility>

namespace otgnet {

/// What to answer for an exception. One that is no otgnet::Error is a bug or lack of memory: it is logged, and Failed.
sdbus::Error busError(const std::exception_ptr& exception);

/// Runs the function; whatever it throws leaves as sdbus::Error.
template<class Function>
auto walled(Function&& function) {
    try {
        return std::forward<Function>(function)();
    } catch (...) {
        throw busError(std::current_exception());
    }
}

} // namespace otgnet
