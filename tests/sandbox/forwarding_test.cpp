// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/forwarding.hpp"

#include "base/file.hpp"
#include "sandbox/world.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {
namespace {

const std::vector<IfName> both = {*IfName::parse("usb0"), *IfName::parse("up0.5")};

class Forwarding : public ::testing::Test {
protected:
    Forwarding() {
        write("ip_forward", "0");
        run({"ip", "link", "add", "name", "up0.5", "type", "veth", "peer", "name", "far0"});
    }

    static void write(const std::string& name, const std::string& value) {
        writeAttribute("/proc/sys/net/ipv4/" + name, value, ErrorCode::Failed);
    }
    static std::string read(const std::string& name) { return readAttribute("/proc/sys/net/ipv4/" + name); }
    static std::string ofUsb() { return read("conf/usb0/forwarding"); }
    static std::string ofUplink() { return read("conf/up0.5/forwarding"); }
    static bool stateExists() { return std::filesystem::exists("/run/otgnet/forwarding"); }

    static void runLoop() {
        while (g_main_context_iteration(nullptr, FALSE) != 0) {
        }
    }

    World world_;
    SysctlForwarding forwarding_;
};

TEST_F(Forwarding, IsForTheGivenInterfacesOnlyAndGivenBack) {
    forwarding_.set(both);
    EXPECT_EQ(ofUsb(), "1");
    EXPECT_EQ(ofUplink(), "1");
    EXPECT_EQ(read("conf/far0/forwarding"), "0");
    EXPECT_EQ(read("ip_forward"), "0");
    EXPECT_TRUE(stateExists());
    forwarding_.set({});
    EXPECT_EQ(ofUsb(), "0");
    EXPECT_EQ(ofUplink(), "0");
    EXPECT_FALSE(stateExists());
}

TEST_F(Forwarding, MovesToAnotherUplink) {
    forwarding_.set(both);
    forwarding_.set({*IfName::parse("usb0"), *IfName::parse("far0")});
    EXPECT_EQ(ofUsb(), "1");
    EXPECT_EQ(ofUplink(), "0");
    EXPECT_EQ(read("conf/far0/forwarding"), "1");
}

TEST_F(Forwarding, LeavesOnWhatWasOn) {
    write("conf/up0.5/forwarding", "1");
    forwarding_.set(both);
    forwarding_.set({});
    EXPECT_EQ(ofUplink(), "1");
    EXPECT_EQ(ofUsb(), "0");
}

TEST_F(Forwarding, IsHeldOnWhenSomebodyResetsIt) {
    forwarding_.set(both);
    write("conf/usb0/forwarding", "0");
    runLoop();
    EXPECT_EQ(ofUsb(), "1");
    write("ip_forward", "1");
    write("ip_forward", "0"); // resets all interfaces
    runLoop();
    EXPECT_EQ(ofUsb(), "1");
    EXPECT_EQ(ofUplink(), "1");
    forwarding_.set({});
    write("conf/usb0/forwarding", "1");
    write("conf/usb0/forwarding", "0");
    runLoop();
    EXPECT_EQ(ofUsb(), "0");
}

TEST_F(Forwarding, ComesWithAnInterfaceThatComesLater) {
    forwarding_.set(both);
    world_.removeCable();
    runLoop();
    world_.makeCable();
    runLoop();
    EXPECT_EQ(ofUsb(), "1");
    forwarding_.set({});
    EXPECT_EQ(ofUsb(), "0");
    world_.removeCable();
    forwarding_.set(both);
    forwarding_.set({});
    EXPECT_FALSE(stateExists());
}

TEST_F(Forwarding, IsGivenBackByTheSuccessorOfAKilledOne) {
    { SysctlForwarding().set(both); } // gone without giving back
    SysctlForwarding same;
    same.set(both);
    EXPECT_EQ(ofUsb(), "1");
    SysctlForwarding other;
    other.set({});
    EXPECT_EQ(ofUsb(), "0");
    EXPECT_EQ(ofUplink(), "0");
    EXPECT_FALSE(stateExists());
}

TEST_F(Forwarding, DoesNotTakeItFromSomebodyWhoMeantTheWholeMachine) {
    forwarding_.set(both);
    write("ip_forward", "1"); // as Docker does
    forwarding_.set({});
    EXPECT_EQ(ofUsb(), "1");
    EXPECT_EQ(ofUplink(), "1");

    write("conf/up0.5/forwarding", "0"); // somebody wants all but this one
    forwarding_.set(both);
    EXPECT_EQ(ofUplink(), "1");
    forwarding_.set({});
    EXPECT_EQ(ofUplink(), "0");
}

TEST_F(Forwarding, IsNotForTheWholeMachine) {
    for (const char* name : {"all", "default"}) {
        try {
            forwarding_.set({*IfName::parse(name)});
            ADD_FAILURE() << "no error for " << name;
        } catch (const Error& e) {
            EXPECT_EQ(e.code(), ErrorCode::Firewall);
            EXPECT_THAT(e.what(), ::testing::HasSubstr(name));
        }
    }
    EXPECT_EQ(read("ip_forward"), "0");
}

TEST_F(Forwarding, IgnoresGarbageInItsStateFile) {
    writeFileAtomic("/run/otgnet/forwarding", "all 0\n../../x 0\nusb0 yes\n", 0644, ErrorCode::Failed);
    write("conf/usb0/forwarding", "1");
    SysctlForwarding().set({});
    EXPECT_EQ(ofUsb(), "1");
}

} // namespace
} // namespace otgnet::sandbox
