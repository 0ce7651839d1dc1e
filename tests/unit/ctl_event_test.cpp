// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/event.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace otgnet::ctl {
namespace {

const Event lease{1'795'420'800'000'042,
                  "LeaseAdded",
                  {{"address", "172.30.30.83"}, {"hostname", "p\x1b[c"}, {"expiry", 1'795'424'400'000'042}}};

TEST(Event, IsOneLineForPeople) {
    setenv("TZ", "UTC", 1);
    tzset();
    EXPECT_EQ(eventLine(lease),
              "2026-11-23 08:00:00.000042  LeaseAdded  address=172.30.30.83  hostname=p�[c  expiry=1 h left\n");
}

TEST(Event, IsOneLineOfJson) {
    EXPECT_EQ(eventJson(lease), "{\"time\":1795420800000042,\"event\":\"LeaseAdded\",\"address\":\"172.30.30.83\","
                                "\"hostname\":\"p\\u001b[c\",\"expiry\":1795424400000042}\n");
}

} // namespace
} // namespace otgnet::ctl
