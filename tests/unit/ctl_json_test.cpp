// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/json.hpp"

#include "base/error.hpp"
#include "ctl/snapshot.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace otgnet::ctl {
namespace {

using LeaseTuple = sdbus::Struct<std::string, std::string, std::string, std::uint64_t>;
using ErrorTuple = sdbus::Struct<std::string, std::string>;
using Variants = std::vector<sdbus::Variant>;

TEST(Json, ReadsTheTypesOfTheInterface) {
    EXPECT_EQ(toJson(sdbus::Variant{true}), Json(true));
    EXPECT_EQ(toJson(sdbus::Variant{std::uint32_t{9}}), Json(9));
    EXPECT_EQ(toJson(sdbus::Variant{std::vector<std::uint16_t>{80, 443}}), (Json{80, 443}));
    EXPECT_EQ(toJson(sdbus::Variant{std::vector<LeaseTuple>{LeaseTuple{"1.2.3.4", "02:00", "pc", 7}}}),
              (Json::array({{{"address", "1.2.3.4"}, {"mac", "02:00"}, {"hostname", "pc"}, {"expiry", 7}}})));
    EXPECT_EQ(toJson(sdbus::Variant{ErrorTuple{"a.b", "c"}}), (Json{{"name", "a.b"}, {"text", "c"}}));
    EXPECT_EQ(toJson(sdbus::Variant{Variants{}}), Json(nullptr)) << "no value";
    EXPECT_EQ(toJson(sdbus::Variant{sdbus::Signature{"s"}}), Json("(of type g, which this otgnetctl does not know)"));
}

TEST(Json, GoesToTheBusAndBack) {
    const std::vector<Json> values{true,       -5,          0.5,
                                   "text",     nullptr,     Json::array(),
                                   {"a", "b"}, {1, 2},      {{{"mac", "02:00"}, {"name", "pc"}}},
                                   {1, "a"},   {{"key", 1}}};
    for (const auto& value : values)
        EXPECT_EQ(toJson(fromJson(value)), value) << value;
}

TEST(Json, LargeNumbersStayWhatTheyAre) {
    const Json largest = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(toJson(fromJson(largest)), largest);
    EXPECT_EQ(toJson(fromJson({80, largest})), (Json{80, largest}));
    EXPECT_EQ(std::string(fromJson(std::uint64_t{1} << 62U).peekValueType()), "x");
}

TEST(Json, EmptyListIsNotNull) {
    EXPECT_EQ(std::string(fromJson(Json::array()).peekValueType()), "as");
    EXPECT_EQ(std::string(fromJson(nullptr).peekValueType()), "av");
}

TEST(Snapshot, WantsEveryProperty) {
    EXPECT_THROW(snapshotFrom({{"State", "online"}}), Error);
}

} // namespace
} // namespace otgnet::ctl
