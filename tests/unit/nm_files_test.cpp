// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/manager_files.hpp"

#include "base/file.hpp"
#include "host/nm/profile.hpp"
#include "support/temporary_directory.hpp"

#include <gmock/gmock.h>

namespace otgnet::nm {
namespace {

namespace fs = std::filesystem;

const IfName usb0 = *IfName::parse("usb0");

class NmFiles : public ::testing::Test {
protected:
    ~NmFiles() override { fs::remove_all(root_); }

    void put(const char* path, const std::string& text) const {
        writeFileAtomic(root_ / path, text, 0644, ErrorCode::Failed);
    }
    bool exists(const char* path) const { return fs::exists(root_ / path); }

    const fs::path root_ = support::makeTemporaryDirectory("nm");
};

TEST_F(NmFiles, ManagedConfIsWrittenOnce) {
    EXPECT_TRUE(writeManagedConf(root_, usb0));
    EXPECT_FALSE(writeManagedConf(root_, usb0));
    EXPECT_EQ(readFileIfExists(root_ / "run/NetworkManager/conf.d/90-otgnet.conf"),
              "# Written by otgnetd, removed when the USB network goes down.\n"
              "[device-otgnet]\nmatch-device=interface-name:=usb0\nmanaged=1\n");
    EXPECT_EQ(managedInterface(root_), usb0);
    EXPECT_TRUE(removeManagedConf(root_));
    EXPECT_FALSE(removeManagedConf(root_));
    EXPECT_EQ(managedInterface(root_), std::nullopt);
}

TEST_F(NmFiles, DnsmasqConfHasItsFingerprint) {
    const char* path = "etc/NetworkManager/dnsmasq-shared.d/90-otgnet.conf";
    writeDnsmasqConf(root_, "");
    EXPECT_EQ(dnsmasqFingerprint(root_), "");
    writeDnsmasqConf(root_, "a\n");
    EXPECT_EQ(readFileIfExists(root_ / path), "a\n");
    const std::string first = dnsmasqFingerprint(root_);
    writeDnsmasqConf(root_, "b\n");
    EXPECT_NE(dnsmasqFingerprint(root_), first);
    writeDnsmasqConf(root_, "a\n");
    EXPECT_EQ(dnsmasqFingerprint(root_), first);
    writeDnsmasqConf(root_, "");
    EXPECT_FALSE(exists(path));
}

TEST_F(NmFiles, ReservationsOfOthersAreSeen) {
    put("etc/NetworkManager/dnsmasq-shared.d/90-otgnet.conf", "dhcp-host=48:6f:73:74:50:43,10.55.0.50\n");
    put("etc/NetworkManager/dnsmasq-shared.d/mine.conf",
        "# dhcp-host=48:6f:73:74:50:43,10.55.0.51\n dhcp-host = 48:6f:73:74:50:43, 10.55.0.52 , name\n"
        "dhcp-host=48:6f:73:74:50:44,10.55.0.53");
    const auto reserved = [&](const char* address) { return isReservedElsewhere(root_, *Ipv4::parse(address)); };
    EXPECT_FALSE(reserved("10.55.0.50"));
    EXPECT_FALSE(reserved("10.55.0.51"));
    EXPECT_TRUE(reserved("10.55.0.52"));
    EXPECT_TRUE(reserved("10.55.0.53"));
    EXPECT_FALSE(reserved("10.55.0.5"));
}

TEST_F(NmFiles, OnlyOurProfileIsTakenAway) {
    put("run/NetworkManager/system-connections/otgnet.nmconnection",
        std::string("[connection]\nid=otgnet\nuuid=") + profileUuid + "\n");
    put("run/NetworkManager/system-connections/other.nmconnection", "[connection]\nid=otgnet\nuuid=1-2-3\n");
    put("etc/NetworkManager/system-connections/otgnet.nmconnection", std::string("uuid=") + profileUuid + "\n");
    removeProfileFiles(root_);
    EXPECT_FALSE(exists("etc/NetworkManager/system-connections/otgnet.nmconnection"));
    EXPECT_FALSE(exists("run/NetworkManager/system-connections/otgnet.nmconnection"));
    EXPECT_TRUE(exists("run/NetworkManager/system-connections/other.nmconnection"));
}

TEST(NmPackage, PurgesTheProfileByItsUuid) {
    const auto script = readFileIfExists(OTGNET_SOURCE_DIR "/packaging/debian/otgnet.postrm");
    EXPECT_NE(script.value_or("").find(std::string("'^uuid=") + profileUuid + "$'"), std::string::npos);
}

TEST_F(NmFiles, StrictUnmanagedIsNamed) {
    EXPECT_EQ(strictUnmanagedHint(root_), "");
    put("etc/NetworkManager/conf.d/10-mine.conf", "[keyfile]\n# no\nunmanaged-devices = interface-name:usb*\n");
    EXPECT_THAT(strictUnmanagedHint(root_),
                ::testing::HasSubstr("etc/NetworkManager/conf.d/10-mine.conf:3: unmanaged-devices="));
}

} // namespace
} // namespace otgnet::nm
