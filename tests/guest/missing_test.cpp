// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the machine may lack: the cause is named, nothing is open, and it works once it is there.

#include "base/file.hpp"
#include "guest/cable.hpp"

#include <gmock/gmock.h>

namespace otgnet::guest {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The kernel cannot load nf_tables as long as this lives.
class WithoutNfTables {
public:
    WithoutNfTables() {
        writeFileAtomic(file, "install nf_tables /bin/false\n", 0644, ErrorCode::Failed);
        sandbox::run({"sh", "-c", "nft flush ruleset; rmmod $(lsmod | awk '/^nft_/ { print $1 }') nf_tables"});
    }
    WithoutNfTables(const WithoutNfTables&) = delete;
    WithoutNfTables& operator=(const WithoutNfTables&) = delete;
    ~WithoutNfTables() { std::filesystem::remove(file); }

private:
    static constexpr const char* file = "/run/modprobe.d/test.conf";
};

void expectRefused(Cable& cable, const std::string& error, const std::string& hint) {
    EXPECT_EQ(cable.service.errorOf([&] { cable.service.call().Enable(); }), "org.pikvm.OtgNet.Error." + error);
    EXPECT_EQ(cable.service.call().State(), "failed");
    EXPECT_THAT(std::get<1>(cable.service.call().LastError()), HasSubstr(hint));
    EXPECT_THAT(listDirectory("/sys/kernel/config/usb_gadget"), IsEmpty());
}

TEST(Missing, WithoutNfTablesNothingIsBound) {
    Cable cable(configuration("ncm"));
    {
        const WithoutNfTables kernel;
        expectRefused(cable, "Firewall", "modprobe nf_tables");
    }
    cable.goOnline();
}

TEST(Missing, LibcompositeThatComesLateIsTaken) {
    Cable cable(configuration("ncm"));
    sandbox::run({"sh", "-c", "rmmod $(lsmod | awk '/^usb_f_/ { print $1 }') u_ether; rmmod libcomposite"});

    expectRefused(cable, "KernelSupport", "modprobe libcomposite");

    sandbox::run({"modprobe", "libcomposite"});
    cable.takeInterface();
    cable.lease();
    cable.service.untilState("online");
}

TEST(Missing, MaskedNetworkdIsNamedAndTakenOnceItRuns) {
    Cable cable(configuration("ncm"));
    sandbox::run({"systemctl", "mask", "--runtime", "--now", "systemd-networkd.socket", "systemd-networkd.service"});

    expectRefused(cable, "BackendUnavailable", "unmask systemd-networkd.service");

    sandbox::run({"systemctl", "unmask", "--runtime", "systemd-networkd.socket", "systemd-networkd.service"});
    sandbox::run({"systemctl", "start", "systemd-networkd.service"});
    cable.takeInterface();
    cable.lease();
    cable.service.untilState("online");
}

} // namespace
} // namespace otgnet::guest
