// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/bus_client.hpp"

#include "sandbox/system_call.hpp"

#include <regex>

namespace otgnet::sandbox {

namespace {

int busChecked(int result, const char* what) {
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), what);
    return result;
}

std::string basicText(sd_bus_message* message, char type) {
    union {
        const char* text;
        std::uint8_t byte;
        int boolean;
        std::int16_t int16;
        std::uint16_t uint16;
        std::int32_t int32;
        std::uint32_t uint32;
        std::int64_t int64;
        std::uint64_t uint64;
        double number;
    } value{};
    busChecked(sd_bus_message_read_basic(message, type, &value), "read a value");
    switch (type) {
    case 'b':
        return value.boolean != 0 ? "true" : "false";
    case 'y':
        return std::to_string(value.byte);
    case 'n':
        return std::to_string(value.int16);
    case 'q':
        return std::to_string(value.uint16);
    case 'i':
        return std::to_string(value.int32);
    case 'u':
        return std::to_string(value.uint32);
    case 'x':
        return std::to_string(value.int64);
    case 't':
        return std::to_string(value.uint64);
    case 'd':
        return std::to_string(value.number);
    default:
        return std::string("'") + value.text + "'";
    }
}

} // namespace

std::string textOf(sd_bus_message* message) {
    std::string text;
    char type = 0;
    const char* contents = nullptr;
    while (busChecked(sd_bus_message_peek_type(message, &type, &contents), "peek") > 0) {
        text += text.empty() ? "" : " ";
        if (contents == nullptr) {
            text += basicText(message, type);
            continue;
        }
        busChecked(sd_bus_message_enter_container(message, type, contents), "enter");
        const std::string inner = textOf(message);
        busChecked(sd_bus_message_exit_container(message), "exit");
        text += type == 'a' ? "[" + inner + "]" : type == 'v' ? inner : "(" + inner + ")";
    }
    return text;
}

BusClient::BusClient() {
    busChecked(sd_bus_open_system(&bus_), "connect");
    const char* name = nullptr;
    busChecked(sd_bus_get_unique_name(bus_, &name), "connect");
    source_ = watchFd(sd_bus_get_fd(bus_), G_IO_IN, [this](GIOCondition) {
        while (busChecked(sd_bus_process(bus_, nullptr), "process") > 0) {
        }
    });
}

BusClient::~BusClient() {
    source_.reset();
    sd_bus_flush_close_unref(bus_);
}

Message BusClient::call(const char* member, const char* interface) const {
    sd_bus_message* message = nullptr;
    busChecked(
        sd_bus_message_new_method_call(bus_, &message, "org.pikvm.OtgNet", "/org/pikvm/OtgNet", interface, member),
        "make a call");
    return Message(message);
}

std::shared_ptr<Outcome> BusClient::send(const Message& call) const {
    auto outcome = std::make_shared<Outcome>();
    auto keeper = std::make_unique<std::shared_ptr<Outcome>>(outcome);
    sd_bus_slot* slot = nullptr;
    const auto note = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        auto& out = **static_cast<std::shared_ptr<Outcome>*>(self);
        if (const sd_bus_error* error = sd_bus_message_get_error(reply)) {
            out.error = error->name;
            out.text = error->message == nullptr ? "" : error->message;
        }
        out.reply.reset(sd_bus_message_ref(reply));
        return 0;
    };
    busChecked(sd_bus_call_async(bus_, &slot, call.get(), note, keeper.get(), UINT64_MAX), "call");
    busChecked(
        sd_bus_slot_set_destroy_callback(slot, [](void* self) { delete static_cast<std::shared_ptr<Outcome>*>(self); }),
        "keep the outcome");
    keeper.release();
    busChecked(sd_bus_slot_set_floating(slot, 1), "call");
    sd_bus_slot_unref(slot);
    busChecked(sd_bus_flush(bus_), "call");
    return outcome;
}

Outcome BusClient::await(const Message& call) const {
    const auto outcome = send(call);
    loopUntil([&] { return outcome->reply != nullptr; },
              "the reply to " + std::string(sd_bus_message_get_member(call.get())));
    return std::move(*outcome);
}

void BusClient::subscribe() {
    busChecked(
        sd_bus_match_signal(bus_, nullptr, "org.pikvm.OtgNet", "/org/pikvm/OtgNet", nullptr, nullptr, onSignal, this),
        "subscribe");
}

int BusClient::onSignal(sd_bus_message* message, void* self, sd_bus_error*) {
    auto& client = *static_cast<BusClient*>(self);
    static const std::regex time(" ?\\('StateSince' [0-9]+\\)");
    guard("signal", [&] {
        client.signals.push_back(sd_bus_message_get_member(message) + std::string("(") +
                                 std::regex_replace(textOf(message), time, "") + ")");
    });
    return 0;
}

} // namespace otgnet::sandbox
