// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/failure.hpp"

#include <gmock/gmock.h>

namespace otgnet::ctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

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

/// polkit's text agent serves callers on the service's machine, which an ssh bridge's caller is not.
TEST(Failure, HintsSpeakToWhoSitsElsewhere) {
    const std::string asks = std::string(standard) + "InteractiveAuthorizationRequired";
    EXPECT_THAT(explain(asks, "no", {}).hint, HasSubstr("run it on a terminal"));
    EXPECT_EQ(explain(asks, "no", {.host = "joe@pikvm"}).hint,
              "a password is needed: -H root@pikvm, or on a terminal there: ssh -t joe@pikvm otgnetctl");
    EXPECT_EQ(explain(asks, "no", {.host = "joe@[::1]:2222"}).hint,
              "a password is needed: -H 'root@[::1]:2222', or on a terminal there: ssh -t -p 2222 joe@::1 otgnetctl");
    const std::string denied = std::string(standard) + "AccessDenied";
    EXPECT_THAT(explain(denied, "no", {}).hint, StartsWith("run it as root"));
    EXPECT_THAT(explain(denied, "no", {.host = "pikvm"}).hint, StartsWith("-H root@pikvm, or let polkit"));
}

TEST(Failure, ReadOnlyDiskHasAWayOut) {
    const std::string name = "org.pikvm.OtgNet.Error.ReadOnly";
    EXPECT_THAT(explain(name, "cannot write", {}).hint, AllOf(StartsWith("rw, "), HasSubstr("leave out --persist")));
    EXPECT_THAT(explain(name, "cannot write", {.host = "root@pikvm"}).hint, StartsWith("ssh root@pikvm rw, "));
}

TEST(Failure, NoBusSaysWhichOne) {
    const std::string name = std::string(standard) + "NoServer";
    EXPECT_EQ(explain(name, "no", {}),
              (Failure{exitFailed, name, "the system bus cannot be reached: no", "systemctl status dbus"}));
    EXPECT_EQ(explain(name, "no", {.host = "pikvm"}).hint, "ssh pikvm systemd-stdio-bridge </dev/null");
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
