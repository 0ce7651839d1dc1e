// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/tables.hpp"

#include <gtest/gtest.h>

namespace otgnet::ctl {
namespace {

const std::vector<Lease> leases{{"172.30.30.83", "48:6f:73:74:50:43", "testpc", 3'600'000'000},
                                {"172.30.30.9", "02:00:00:00:00:01", "", 0}};

TEST(LeaseTable, HasALegend) {
    EXPECT_EQ(leaseTable(leases, true, 0), R"(ADDRESS       MAC                HOST    EXPIRES
172.30.30.83  48:6f:73:74:50:43  testpc  1 h left
172.30.30.9   02:00:00:00:00:01  -       expired

2 leases.
)");
    EXPECT_EQ(leaseTable({}, true, 0), "0 leases.\n");
}

TEST(LeaseTable, CanDoWithout) {
    EXPECT_EQ(leaseTable({leases.front()}, false, 0), "172.30.30.83  48:6f:73:74:50:43  testpc  1 h left\n");
    EXPECT_EQ(leaseTable({}, false, 0), "");
}

TEST(SettingsTable, ShowsValueAndOrigin) {
    const Json settings{{"otgnet/firewall/allow_tcp", {80, 443}}, {"otg/udc", ""}};
    const Json origins{{"otgnet/firewall/allow_tcp", "/etc/kvmd/override.yaml:14"}, {"otg/udc", "default"}};
    EXPECT_EQ(settingsTable(settings, origins, {"otg/udc", "otgnet/firewall/allow_tcp"}, false),
              "otg/udc                    \"\"      default\n"
              "otgnet/firewall/allow_tcp  80,443  /etc/kvmd/override.yaml:14\n");
}

} // namespace
} // namespace otgnet::ctl
