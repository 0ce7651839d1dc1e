// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/fake_service.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {
namespace {

using ::testing::HasSubstr;

class Completion : public ::testing::Test {
protected:
    /// What bash offers after a line that ends in the word to complete.
    std::string bash(const std::string& line) const {
        return run({"bash", "-c",
                    "PATH=" OTGNET_BINARY_DIR "/src/ctl:$PATH\n"
                    "source /usr/share/bash-completion/bash_completion\n"
                    "source " OTGNET_SOURCE_DIR "/src/ctl/completions/otgnetctl.bash\n"
                    "compopt() { :; }\n" // works only while a person completes
                    "COMP_LINE='" +
                        line +
                        "' COMP_POINT=${#COMP_LINE} COMP_TYPE=9\n"
                        "read -ra COMP_WORDS <<<\"${COMP_LINE//=/ = }\"\n"
                        "[[ $COMP_LINE == *' ' || $COMP_LINE == *= ]] && COMP_WORDS+=('')\n"
                        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                        "_otgnetctl; echo \"${COMPREPLY[*]}\""});
    }
    std::string fish(const std::string& line) const {
        return run({"fish", "--no-config", "-c",
                    "set PATH " OTGNET_BINARY_DIR "/src/ctl $PATH; source " OTGNET_SOURCE_DIR
                    "/src/ctl/completions/otgnetctl.fish; complete -C '" +
                        line + "'"});
    }

    World world_{{.cable = false}};
    std::unique_ptr<FakeService> service_ = FakeService::start(world_);
};

TEST_F(Completion, BashKnowsVerbsAndOptions) {
    EXPECT_EQ(bash("otgnetctl re"), "replug reload reset\n");
    EXPECT_EQ(bash("otgnetctl allow "), "tcp udp icmp\n");
    EXPECT_EQ(bash("otgnetctl set --p"), "--persist\n");
}

TEST_F(Completion, BashAsksTheServiceForKeysAndValues) {
    EXPECT_EQ(bash("otgnetctl get otgnet/d"), "otgnet/dhcp/dns\n");
    EXPECT_EQ(bash("otgnetctl set otgnet/d"), "otgnet/dhcp/dns=\n");
    EXPECT_EQ(bash("otgnetctl set otg/devices/ethernet/driver=r"), "rndis rndis5\n");
    EXPECT_EQ(bash("otgnetctl set otgnet/firewall/allow_icmp="), "true false\n");
    service_.reset();
    EXPECT_EQ(bash("otgnetctl get otgnet/d"), "\n");
}

TEST_F(Completion, FishKnowsAllOfThat) {
    EXPECT_THAT(fish("otgnetctl repl"), HasSubstr("replug\t"));
    EXPECT_EQ(fish("otgnetctl get otgnet/d"), "otgnet/dhcp/dns\n");
    EXPECT_EQ(fish("otgnetctl set otg/devices/ethernet/driver=r"),
              "otg/devices/ethernet/driver=rndis\notg/devices/ethernet/driver=rndis5\n");
}

TEST_F(Completion, ZshReadsItsOwn) {
    EXPECT_EQ(run({"zsh", "-n", OTGNET_SOURCE_DIR "/src/ctl/completions/_otgnetctl"}), "");
}

} // namespace
} // namespace otgnet::sandbox
