// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/property_table.hpp"

#include <gmock/gmock.h>

namespace otgnet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Change {
    std::string_view property;
    void (*make)(Status& status);
};

/// One change for each property, in the order of the table.
const std::vector<Change> changes{
    {"State", [](Status& s) { s.state = State::online; }},
    {"StateSince", [](Status& s) { s.stateSince = 1; }},
    {"Enabled", [](Status& s) { s.enabled = true; }},
    {"Backend", [](Status& s) { s.backend = "networkd"; }},
    {"Driver", [](Status& s) { s.driver = "ncm"; }},
    {"Udc", [](Status& s) { s.udc.udc = "fe980000.usb"; }},
    {"UdcState", [](Status& s) { s.udc.state = "configured"; }},
    {"Speed", [](Status& s) { s.udc.speed = "high-speed"; }},
    {"Carrier", [](Status& s) { s.carrier = true; }},
    {"Suspended", [](Status& s) { s.udc.suspended = true; }},
    {"Gadget", [](Status& s) { s.gadget = "kvmd"; }},
    {"Interface", [](Status& s) { s.interface = "usb0"; }},
    {"HostMac", [](Status& s) { s.hostMac = "48:6f:73:74:50:43"; }},
    {"KvmMac", [](Status& s) { s.kvmMac = "42:61:64:55:53:42"; }},
    {"Address", [](Status& s) { s.address = "172.30.30.1/24"; }},
    {"Network", [](Status& s) { s.network = "172.30.30.0/24"; }},
    {"ForwardInterface", [](Status& s) { s.forwardInterface = "eth0"; }},
    {"AllowIcmp", [](Status& s) { s.allowIcmp = true; }},
    {"AllowTcp", [](Status& s) { s.allowTcp = {80}; }},
    {"AllowUdp", [](Status& s) { s.allowUdp = {53}; }},
    {"Dns", [](Status& s) { s.dns = {"9.9.9.9"}; }},
    {"EndpointsUsed", [](Status& s) { s.endpointsUsed = 3; }},
    {"EndpointsMax", [](Status& s) { s.endpointsMax = 9; }},
    {"Leases",
     [](Status& s) {
         s.leases = {{"172.30.30.2", "48:6f:73:74:50:43", "pc", 1}};
     }},
    {"Warnings", [](Status& s) { s.warnings = {"a: b"}; }},
    {"LastError", [](Status& s) { s.lastError.text = "why"; }},
};

TEST(PropertyTable, EachPropertyShowsItsOwnPartOfTheStatus) {
    ASSERT_EQ(propertyTable().size(), changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Status status;
        changes[i].make(status);
        EXPECT_EQ(propertyTable()[i].name, changes[i].property);
        EXPECT_THAT(changedProperties({}, status), ElementsAre(changes[i].property));
        EXPECT_THAT(changedProperties(status, {}), ElementsAre(changes[i].property));
        EXPECT_THAT(changedProperties(status, status), IsEmpty());
    }
}

TEST(PropertyTable, WhatIsNotShownIsNoChange) {
    Status status;
    status.udc.isDwc2 = true;
    status.udc.gadget = "other";
    status.udc.endpointsUsed = 5;
    EXPECT_THAT(changedProperties({}, status), IsEmpty());
}

TEST(PropertyTable, NamesStandInTheOrderOfTheTable) {
    Status status;
    for (const Change& change : changes)
        change.make(status);
    std::vector<std::string_view> names;
    for (const Property& property : propertyTable())
        names.push_back(property.name);
    EXPECT_EQ(changedProperties({}, status), names);
}

TEST(PropertyTable, EveryTextIsMadePrintable) {
    const std::string raw = "\x1B[2J";
    const std::string clean = "\uFFFD[2J";
    Status status;
    const auto texts = [](Status& s) {
        return std::vector<std::string*>{&s.backend,          &s.driver,
                                         &s.udc.udc,          &s.udc.state,
                                         &s.udc.speed,        &s.gadget,
                                         &s.interface,        &s.hostMac,
                                         &s.kvmMac,           &s.address,
                                         &s.network,          &s.forwardInterface,
                                         &s.dns.at(0),        &s.leases.at(0).address,
                                         &s.leases.at(0).mac, &s.leases.at(0).hostname,
                                         &s.warnings.at(0),   &s.lastError.name,
                                         &s.lastError.text};
    };
    status.dns = status.warnings = {""};
    status.leases = {{}};
    for (std::string* text : texts(status))
        *text = raw;
    Status shown = printable(status);
    for (const std::string* text : texts(shown))
        EXPECT_EQ(*text, clean);
}

} // namespace
} // namespace otgnet
