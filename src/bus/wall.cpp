// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/wall.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

namespace otgnet {

sdbus::Error busError(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const sdbus::Error& e) {
        return e;
    } catch (const Error& e) {
        return sdbus::Error(BusErrorName{std::string(errorName(e.code()))}, printable(e.what()));
    } catch (const std::exception& e) {
        log::error(std::string("a method of the bus failed: ") + e.what());
        return sdbus::Error(BusErrorName{std::string(errorName(ErrorCode::Failed))}, printable(e.what()));
    }
}

} // namespace otgnet
