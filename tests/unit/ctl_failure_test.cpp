// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/failure.hpp"

#include <gtest/gtest.h>

namespace otgnet::ctl {
namespace {

constexpr const char* standard = "org.freedesktop.DBus.Error.";

TEST(Failure, NotRunningSaysHowToStart) {
    const std::string name = std::string(standard) + "ServiceUnknown";
    EXPECT_EQ(explain(name, "The name … was not provided", {}),
              (Failure{exitFailed, name, "the otgnet service is not running", "systemctl start otgnetd"}));
    EXPECT_EQ(explain(name, "", {.host = "root@pikvm"}).hint, "ssh root@pikvm systemctl start otgnetd");
}

TEST(Failure, NotAuthorizedHasItsExitCode) {
    EXPECT_EQ(explain(std::string(standard) + "AccessDenied", "no", {}).exitCode, exitNotAuthorized);
    EXPECT_EQ(explain(std::string(standard) + "InteractiveAuthorizationRequired", "no", {}).exitCode,
              exitNotAuthorized);
}

TEST(Failure, OwnErrorsKeepTheirText) {
    const std::string name = "org.pikvm.OtgNet.Error.InvalidConfig";
    EXPECT_EQ(explain(name, "otgnet/iface/net: no", {}), (Failure{exitFailed, name, "otgnet/iface/net: no", ""}));
    EXPECT_EQ(explain("org.pikvm.OtgNet.Error.NoController", "none", {}).hint, "otgnetctl doctor");
}

TEST(Failure, NoTextIsTheName) {
    EXPECT_EQ(explain("a.b.C", "", {}), (Failure{exitFailed, "a.b.C", "a.b.C", ""}));
}

} // namespace
} // namespace otgnet::ctl
