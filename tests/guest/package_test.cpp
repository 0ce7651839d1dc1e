// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"
#include "guest/cable.hpp"

#include <gmock/gmock.h>

namespace otgnet::guest {
namespace {

using ::testing::ElementsAre;

std::string shell(const std::string& command) {
    sandbox::Process process({"sh", "-c", command});
    if (process.wait(patience * 3) != 0)
        throw std::runtime_error(command + ": " + process.output());
    return process.output();
}

/// Whatever on the disk and in /run has our name.
std::string leftovers() {
    return shell("find / -xdev \\( -path /proc -o -path /sys -o -path /tmp -o -path /usr/local \\) -prune -o "
                 "-iname '*otgnet*' -print; find /run -iname '*otgnet*' -print");
}

TEST(Package, PurgedWhileOnlineLeavesNothing) {
    const Traces before = traces();
    {
        Cable cable(configuration("ecm"));
        cable.goOnline();
        shell("apt-get -qqy purge 'otgnet*'");
        EXPECT_EQ(traces(), before);
        EXPECT_EQ(leftovers(), "");
        shell("apt-get -qqy install /share/*.deb");
    }
    EXPECT_EQ(shell("systemctl is-enabled otgnetd.service"), "enabled\n");
}

} // namespace
} // namespace otgnet::guest
