// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/ctl_fixture.hpp"

#include "base/file.hpp"

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CtlTerminal : public CtlFixture {
protected:
    /// What a person sees of a command line of the shell; $CTL is otgnetctl.
    static std::string onTerminal(const std::string& command) {
        const std::string set = std::string("unset NO_COLOR SYSTEMD_COLORS SYSTEMD_PAGER PAGER; CTL=") + ctlProgram;
        return run({"script", "-qec", set + "; export TERM=xterm; " + command, "/dev/null"});
    }
};

TEST_F(CtlTerminal, AHostileHostNameSteersNoTerminal) {
    service_->becomeOnline("\x1b[2Jevil");
    EXPECT_THAT(otgnetctl({}).output, Not(HasSubstr("\x1b")));
    EXPECT_THAT(otgnetctl({"leases"}).output, HasSubstr("�[2Jevil"));
    EXPECT_THAT(otgnetctl({"leases", "--json"}).output, HasSubstr("\\u001b[2Jevil"));
}

/// The agent for passwords lives as long as the call, for a person at a terminal who is not root.
TEST_F(CtlTerminal, AsksForAPasswordOnATerminal) {
    writeFileAtomic("/run/sandbox/bin/pkttyagent",
                    "#!/bin/sh\necho agent \"$@\" for $(id -u)\ntrap 'echo agent ended; exit' TERM\nexec 3>&-\n"
                    "while :; do sleep 0.01; done\n",
                    0755, ErrorCode::Failed);
    std::filesystem::copy_file(ctlProgram, "/run/sandbox/bin/otgnetctl"); // where everybody can read it
    const std::string command = "PATH=/run/sandbox/bin:$PATH; otgnetctl enable";
    const ProcessOptions nobody{.uid = 65534};
    EXPECT_EQ(run({"script", "-qec", command, "/dev/null"}, nobody),
              "agent --notify-fd 3 --fallback for 65534\r\nagent ended\r\n");
    EXPECT_EQ(run({"script", "-qec", command + " --json | grep agent", "/dev/null"}, nobody),
              "agent --notify-fd 3 --fallback for 65534\r\nagent ended\r\n")
        << "only input matters";
    EXPECT_EQ(run({"script", "-qec", command + " --no-ask-password", "/dev/null"}, nobody), "");
    EXPECT_EQ(run({"script", "-qec", command, "/dev/null"}), "") << "root needs none";
    EXPECT_EQ(run({"/run/sandbox/bin/otgnetctl", "enable"}, nobody), "") << "no terminal";
    EXPECT_THAT(service_->calls(), ElementsAre("Enable ask", "Enable ask", "Enable", "Enable ask", "Enable ask"));
}

TEST_F(CtlTerminal, ColoursAreForTerminals) {
    EXPECT_THAT(otgnetctl({}).output, Not(HasSubstr("\x1b")));
    EXPECT_THAT(otgnetctl({}, {.environment = {"SYSTEMD_COLORS=1"}}).output, HasSubstr("\x1b[0;1;33m●"));
    EXPECT_THAT(onTerminal("$CTL --no-pager"), HasSubstr("\x1b[0;1;33m●"));
    EXPECT_THAT(onTerminal("$CTL --no-pager | cat"), Not(HasSubstr("\x1b")));
    EXPECT_THAT(onTerminal("NO_COLOR=1 $CTL --no-pager"), StartsWith("● usb0"));
    EXPECT_THAT(onTerminal("TERM=dumb $CTL --no-pager"), StartsWith("● usb0"));
}

TEST_F(CtlTerminal, PagesOnATerminal) {
    const std::string pager = "PAGER='sed s/^/paged:/' ";
    EXPECT_EQ(onTerminal(pager + "$CTL leases"), "paged:0 leases.\r\n");
    EXPECT_EQ(onTerminal("SYSTEMD_PAGER='sed s/^/mine:/' " + pager + "$CTL leases"), "mine:0 leases.\r\n");
    EXPECT_EQ(onTerminal(pager + "$CTL leases --no-pager"), "0 leases.\r\n");
    EXPECT_EQ(onTerminal(pager + "$CTL leases | cat"), "0 leases.\r\n");
    for (const std::string term : {"TERM=dumb ", "TERM= ", "unset TERM; "})
        EXPECT_EQ(onTerminal("export " + pager + "; " + term + "$CTL leases"), "0 leases.\r\n") << term;
    EXPECT_EQ(onTerminal("PAGER=cat $CTL leases; PAGER= $CTL leases"), "0 leases.\r\n0 leases.\r\n");
    EXPECT_THAT(onTerminal("PAGER=/nonexistent $CTL leases"), EndsWith("\n0 leases.\r\n")) << "not lost";
}

} // namespace
} // namespace otgnet::sandbox
