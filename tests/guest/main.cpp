// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include <gtest/gtest.h>

#include <sys/mount.h>

#include <cstdio>
#include <filesystem>

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (!GTEST_FLAG_GET(list_tests) && !std::filesystem::exists("/dev/virtio-ports/otgnet.lab")) {
        std::fputs("these tests take over the USB port and the configuration: run them with scripts/guest\n", stderr);
        return 1;
    }
    // The DHCP client's script lies there, and Debian mounts it noexec.
    if (!GTEST_FLAG_GET(list_tests) && ::mount("", "/run", nullptr, MS_REMOUNT | MS_NOSUID | MS_NODEV, nullptr) != 0) {
        std::perror("cannot remount /run");
        return 1;
    }
    return RUN_ALL_TESTS();
}
