// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/stage.hpp"

#include "base/file.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {

namespace fs = std::filesystem;

void Stage::startKvmd() {
    kvmd.emplace(daemon.kernel().roots().gadgets(), "/run/kvmd/otg",
                 std::vector<KvmdFunction>{{"hid.usb0", "Keyboard", 1, R"("hid", "keyboard")"}});
    kvmd->start();
}

Machine::Machine(Stage& stage)
    : ruleset(rules()), kernel(stage.daemon.kernel().tree()), profiles(listDirectory("/run/systemd/network")),
      interface(stage.world.ifindex()) {}

Failure failureOf(const std::function<void()>& call) {
    try {
        call();
        return {};
    } catch (const sdbus::Error& error) {
        return {error.getName(), error.getMessage()};
    }
}

void expectFailure(const Failure& failure, const std::string& name, const std::vector<std::string>& words) {
    EXPECT_EQ(failure.name, "org.pikvm.OtgNet.Error." + name) << failure.text;
    for (const std::string& word : words)
        EXPECT_THAT(failure.text, ::testing::HasSubstr(word));
}

std::string rules() {
    return run({"nft", "list", "ruleset"});
}

void makeReadOnly(const fs::path& directory) {
    fs::create_directories(directory);
    run({"mount", "--bind", directory, directory});
    run({"mount", "-o", "remount,bind,ro", directory});
}

Process holdTable(const std::string& first) {
    Process owner({"sh", "-c",
                   "{ echo '" + first +
                       "add table inet otgnet { flags owner; }'; echo 'list tables'; "
                       "sleep 60; } | nft -i"});
    owner.expect("table inet otgnet");
    return owner;
}

} // namespace otgnet::sandbox
