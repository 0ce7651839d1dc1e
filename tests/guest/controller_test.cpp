// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"
#include "guest/cable.hpp"

#include <gmock/gmock.h>

namespace otgnet::guest {
namespace {

using ::testing::HasSubstr;

const std::string errors = "org.pikvm.OtgNet.Error.";

/// Somebody else's gadget, with a serial port, on the controller.
class OtherGadget {
public:
    OtherGadget() {
        std::filesystem::create_directories(root_ / "configs/c.1");
        std::filesystem::create_directories(root_ / "functions/acm.usb0");
        std::filesystem::create_directory_symlink(root_ / "functions/acm.usb0", root_ / "configs/c.1/acm.usb0");
        writeAttribute(root_ / "UDC", "dummy_udc.0", ErrorCode::Failed);
    }
    ~OtherGadget() {
        std::error_code ignored; // gone already
        std::filesystem::remove(root_ / "configs/c.1/acm.usb0", ignored);
        std::filesystem::remove(root_ / "configs/c.1", ignored);
        std::filesystem::remove(root_ / "functions/acm.usb0", ignored);
        std::filesystem::remove(root_, ignored);
    }

    void unbind() const { writeAttribute(root_ / "UDC", "\n", ErrorCode::Failed); }
    std::string controller() const { return readAttribute(root_ / "UDC"); }

private:
    std::filesystem::path root_ = "/sys/kernel/config/usb_gadget/other";
};

/// Makes the kernel unable to load a module.
class MissingModule {
public:
    explicit MissingModule(const std::string& name) {
        writeFileAtomic(file_, "install " + name + " /bin/false\n", 0644, ErrorCode::Failed);
        sandbox::run({"modprobe", "--remove", "--ignore-install", name});
    }
    ~MissingModule() { std::filesystem::remove(file_); }

private:
    std::filesystem::path file_ = "/etc/modprobe.d/otgnet-guest-test.conf";
};

std::string lastError(Service& service) {
    return std::get<0>(service.call().LastError());
}

class Controller : public WithEachManager {
protected:
    Cable cable{configuration("ncm"), GetParam()};
    ctl::Service& call() { return cable.service.call(); }
};

TEST_P(Controller, WithoutOneTheServiceWaitsForItAndComesUpByItself) {
    unloadController();

    EXPECT_EQ(cable.service.errorOf([&] { call().Enable(); }), errors + "NoController");
    EXPECT_EQ(call().State(), "failed");
    EXPECT_EQ(lastError(cable.service), errors + "NoController");

    cable.service.signals();
    loadController();
    cable.takeInterface();
    cable.service.untilSignal("HostAttached"); // and online at once where the manager has kept the leases
    EXPECT_EQ(lastError(cable.service), "");
}

TEST_P(Controller, ThatGoesAndComesBackIsTakenAgain) {
    cable.goOnline();

    unloadController();
    cable.service.untilState("failed");
    EXPECT_EQ(lastError(cable.service), errors + "NoController");

    cable.service.signals();
    loadController();
    cable.takeInterface();
    cable.service.untilSignal("HostAttached"); // and online at once where the manager has kept the leases
}

TEST_P(Controller, OfSomebodyElseIsLeftAlone) {
    OtherGadget other;

    EXPECT_EQ(cable.service.errorOf([&] { call().Enable(); }), errors + "ControllerBusy");
    EXPECT_THAT(std::get<1>(call().LastError()), HasSubstr("other"));
    EXPECT_EQ(call().State(), "failed");
    EXPECT_EQ(other.controller(), "dummy_udc.0");

    other.unbind();
    cable.takeInterface();
    cable.service.untilSignal("HostAttached"); // and online at once where the manager has kept the leases
}

TEST_P(Controller, WithoutTheFunctionsModuleNothingIsLeftBehind) {
    const MissingModule missing("usb_f_ncm");

    EXPECT_EQ(cable.service.errorOf([&] { call().Enable(); }), errors + "KernelSupport");
    EXPECT_THAT(std::get<1>(call().LastError()), HasSubstr("ncm"));
    EXPECT_EQ(call().State(), "failed");
    EXPECT_EQ(traces(), cable.before);
}

OTGNET_WITH_EACH_MANAGER(Controller);

} // namespace
} // namespace otgnet::guest
