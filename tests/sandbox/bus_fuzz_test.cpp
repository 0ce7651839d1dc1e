// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/bus_client.hpp"
#include "sandbox/bus_service.hpp"

#include <gmock/gmock.h>

#include <random>

namespace otgnet::sandbox {
namespace {

using ::testing::AnyOf;

int busChecked(int result) {
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), "append");
    return result;
}

/// Random but valid D-Bus values. The seed is fixed: a failure can be repeated.
class Noise {
public:
    std::string signature(unsigned depth) {
        static constexpr std::string_view basics = "ybnqiuxtdsog";
        switch (depth == 0 ? 0U : pick(6)) {
        case 1:
            return "a" + signature(depth - 1);
        case 2:
            return "(" + signature(depth - 1) + signature(depth - 1) + ")";
        case 3:
            return std::string("a{") + basics.at(pick(basics.size())) + signature(depth - 1) + "}";
        case 4:
            return "v";
        default:
            return {basics.at(pick(basics.size()))};
        }
    }

    void append(sd_bus_message* message, const std::string& signature, unsigned depth) {
        for (std::size_t at = 0; at < signature.size();)
            at += appendOne(message, signature.substr(at), depth);
    }

    std::size_t pick(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }

private:
    /// Length of the first complete type.
    static std::size_t lengthOf(const std::string& signature) {
        if (signature[0] == 'a')
            return 1 + lengthOf(signature.substr(1));
        if (signature[0] != '(' && signature[0] != '{')
            return 1;
        std::size_t length = 0;
        int open = 0;
        do {
            const char c = signature.at(length++);
            open += (c == '(' || c == '{') ? 1 : (c == ')' || c == '}') ? -1 : 0;
        } while (open > 0);
        return length;
    }

    std::size_t appendOne(sd_bus_message* message, const std::string& signature, unsigned depth) {
        const std::size_t length = lengthOf(signature);
        const std::string inner = signature.substr(1, length - 1);
        if (signature[0] == 'a')
            appendContainer(message, 'a', inner, depth, pick(4));
        else if (signature[0] == '(')
            appendContainer(message, 'r', inner.substr(0, inner.size() - 1), depth, 1);
        else if (signature[0] == '{')
            appendContainer(message, 'e', inner.substr(0, inner.size() - 1), depth, 1);
        else if (signature[0] == 'v')
            appendContainer(message, 'v', this->signature(depth > 0 ? depth - 1 : 0), depth > 0 ? depth - 1 : 0, 1);
        else
            appendBasic(message, signature[0]);
        return length;
    }

    void appendContainer(sd_bus_message* message, char type, const std::string& contents, unsigned depth,
                         std::size_t count) {
        busChecked(sd_bus_message_open_container(message, type, contents.c_str()));
        for (std::size_t i = 0; i < count; ++i)
            append(message, contents, depth);
        busChecked(sd_bus_message_close_container(message));
    }

    void appendBasic(sd_bus_message* message, char type) {
        static constexpr std::array texts{
            "", "otgnet/firewall/allow_tcp", "\u202E", "a b", "\n", "null", "99999999999999"};
        if (type == 's')
            busChecked(sd_bus_message_append(message, "s", texts.at(pick(texts.size()))));
        else if (type == 'o')
            busChecked(sd_bus_message_append(message, "o", "/org/pikvm"));
        else if (type == 'g')
            busChecked(sd_bus_message_append(message, "g", "a{sv}"));
        else {
            const std::uint64_t bits = type == 'b' ? pick(2) : engine_() << pick(64);
            busChecked(sd_bus_message_append_basic(message, type, &bits));
        }
    }

    std::mt19937_64 engine_{20240229};
};

TEST(BusFuzz, OddArgumentsAreRefusedAndNothingFalls) {
    World world{{.cable = false}};
    BusService service(world);
    BusClient client;
    Noise noise;
    constexpr unsigned depth = 4;
    std::size_t answered = 0;
    for (int round = 0; round < 3000; ++round) {
        static constexpr std::array methods{"Enable", "SetConfig", "ResetConfig", "GetConfig"};
        Message call = client.call(methods.at(noise.pick(methods.size())));
        for (auto count = noise.pick(3); count > 0; --count)
            noise.append(call.get(), noise.signature(depth), depth);
        const Outcome outcome = client.await(call);
        EXPECT_THAT(outcome.error, AnyOf("", "org.freedesktop.DBus.Error.InvalidArgs"));
        ++answered;
    }
    EXPECT_EQ(answered, 3000U);
}

TEST(BusFuzz, OddSettingsAreRefusedAndNothingFalls) {
    World world{{.cable = false}};
    BusService service(world);
    BusClient client;
    Noise noise;
    std::size_t taken = 0;
    std::size_t refused = 0;
    for (int round = 0; round < 3000; ++round) {
        constexpr unsigned depth = 6;
        Message call = client.call("SetConfig");
        busChecked(sd_bus_message_open_container(call.get(), 'a', "{sv}"));
        busChecked(sd_bus_message_open_container(call.get(), 'e', "sv"));
        busChecked(sd_bus_message_append(call.get(), "s", "otgnet/x"));
        noise.append(call.get(), "v", depth);
        busChecked(sd_bus_message_close_container(call.get()));
        busChecked(sd_bus_message_close_container(call.get()));
        busChecked(sd_bus_message_append(call.get(), "b", 0));
        const Outcome outcome = client.await(call);
        EXPECT_THAT(outcome.error, AnyOf("", "org.pikvm.OtgNet.Error.InvalidConfig"));
        (outcome.error.empty() ? taken : refused) += 1;
    }
    EXPECT_GT(taken, 100U);
    EXPECT_GT(refused, 100U);
    EXPECT_EQ(service.intents.calls.size(), taken);
}

} // namespace
} // namespace otgnet::sandbox
