// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/identity.hpp"

#include "base/file.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace otgnet {
namespace {

class IdentityTest : public ::testing::Test {
protected:
    ~IdentityTest() override { std::filesystem::remove_all(root_); }

    void put(const std::string& path, std::string_view content) const {
        writeFileAtomic(root_ / path, content, 0644, ErrorCode::Failed);
    }
    std::string serial() const { return readIdentity(root_).serialNumber; }

    const std::filesystem::path root_ = support::makeTemporaryDirectory("identity");
};

TEST_F(IdentityTest, IsEmptyWhereThereIsNothing) {
    EXPECT_EQ(readIdentity(root_), Identity{});
}

TEST_F(IdentityTest, ReadsABoard) {
    put("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    put("sys/firmware/devicetree/base/serial-number", std::string_view("10000000abcdef01\0", 17));
    EXPECT_EQ(readIdentity(root_), (Identity{"0123456789abcdef0123456789abcdef", "10000000abcdef01"}));
}

TEST_F(IdentityTest, RefusesWhatIsNoMachineId) {
    for (const char* text :
         {"uninitialized\n", "", "0123456789abcdef0123456789abcde\n", "0123456789ABCDEF0123456789ABCDEF"}) {
        put("etc/machine-id", text);
        EXPECT_EQ(readIdentity(root_).machineId, "") << text;
    }
}

TEST_F(IdentityTest, TakesTheFirstSerialNumberThatIsOne) {
    put("sys/class/dmi/id/product_uuid", "4c4c4544-0042-3510-8054-b4c04f4d3232\n");
    EXPECT_EQ(serial(), "4c4c4544-0042-3510-8054-b4c04f4d3232");
    put("proc/cpuinfo",
        "processor\t: 0\nHardware\t: BCM2835\nRevision\t: a020d3\nSerial\t\t: 00000000deadbeef\nModel\t\t: Pi\n");
    EXPECT_EQ(serial(), "00000000deadbeef");
    put("proc/cpuinfo", "processor\t: 0\nSerial\t\t: 0000000000000000\n");
    EXPECT_EQ(serial(), "4c4c4544-0042-3510-8054-b4c04f4d3232");
    put("proc/cpuinfo", "Serial");
    put("sys/firmware/devicetree/base/serial-number", std::string(65, 'a') + 'b');
    EXPECT_EQ(serial(), "4c4c4544-0042-3510-8054-b4c04f4d3232");
    put("sys/firmware/devicetree/base/serial-number", "to be\nfilled");
    put("sys/class/dmi/id/product_uuid", "");
    EXPECT_EQ(serial(), "");
}

} // namespace
} // namespace otgnet
