// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetctl against a scripted service.
#pragma once

#include "sandbox/fake_service.hpp"

#include <gmock/gmock.h>

namespace otgnet::sandbox {

inline constexpr const char* ctlProgram = OTGNET_BINARY_DIR "/src/ctl/otgnetctl";

struct CtlOutcome {
    int code = 0;
    std::string output; ///< stdout and stderr
};

inline CtlOutcome otgnetctl(std::vector<std::string> arguments, const ProcessOptions& options = {}) {
    arguments.insert(arguments.begin(), ctlProgram);
    Process process(arguments, options);
    const int code = process.wait();
    return {code, process.output()};
}

class CtlFixture : public ::testing::Test {
protected:
    World world_{{.cable = false}};
    std::unique_ptr<FakeService> service_ = FakeService::start(world_);
};

} // namespace otgnet::sandbox
