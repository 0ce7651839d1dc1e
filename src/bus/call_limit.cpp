// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/call_limit.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstring>

namespace otgnet {

namespace {

struct Budget {
    std::size_t values = CallLimit::maxValues;
    std::size_t text = CallLimit::maxText;
};

/// Takes the text at the read position off the budget.
bool textFits(sd_bus_message* message, char type, Budget& budget) {
    const char* text = nullptr;
    if (sd_bus_message_read_basic(message, type, &text) < 0)
        return true; // malformed: who unpacks it refuses it
    const std::size_t length = std::strlen(text);
    budget.text -= std::min(length, budget.text);
    return budget.text > 0;
}

/// Walks over what is left of the open container, without unpacking it.
bool fits(sd_bus_message* message, Budget& budget) {
    char type = 0;
    const char* contents = nullptr;
    while (sd_bus_message_peek_type(message, &type, &contents) > 0) {
        if (budget.values-- == 0)
            return false;
        if (contents != nullptr) {
            if (sd_bus_message_enter_container(message, type, contents) < 0)
                return true;
            if (!fits(message, budget) || sd_bus_message_exit_container(message) < 0)
                return false;
        } else if (type == SD_BUS_TYPE_STRING || type == SD_BUS_TYPE_OBJECT_PATH || type == SD_BUS_TYPE_SIGNATURE) {
            if (!textFits(message, type, budget))
                return false;
        } else if (sd_bus_message_skip(message, nullptr) < 0) {
            return true;
        }
    }
    return true;
}

int refuseLargeCalls(sd_bus_message* message, void*, sd_bus_error*) {
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0)
        return 0;
    Budget budget;
    const bool fit = fits(message, budget);
    if (sd_bus_message_rewind(message, 1) >= 0 && fit)
        return 0;
    sd_bus_reply_method_errorf(message, SD_BUS_ERROR_LIMITS_EXCEEDED,
                               "a call may carry %zu values and %zu bytes of text", CallLimit::maxValues,
                               CallLimit::maxText);
    return 1; // handled: the reply answers 0 for a caller who wants none, which would let the call through
}

} // namespace

CallLimit::CallLimit(sdbus::IConnection& bus) {
    sd_bus_slot* slot = nullptr;
    const int result = sd_bus_add_filter(rawBus(bus), &slot, refuseLargeCalls, nullptr);
    if (result < 0)
        throw systemError(ErrorCode::Failed, "cannot watch the calls on the bus", -result);
    filter_.reset(slot);
}

} // namespace otgnet
