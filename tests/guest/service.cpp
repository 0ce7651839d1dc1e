// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/service.hpp"

#include "base/file.hpp"
#include "sandbox/process.hpp"

namespace otgnet::guest {

namespace {

constexpr const char* unitName = "otgnetd.service";
constexpr const char* overrideFile = "/etc/kvmd/override.yaml";
constexpr const char* settingsFile = "/var/lib/otgnet/settings.yaml";

std::chrono::milliseconds startService(const std::string& configuration) {
    Service::configure(configuration);
    removeFile(settingsFile, ErrorCode::Failed);
    Service::unit("reset-failed");
    Service::unit("restart");
    return patience;
}

} // namespace

Service::Service(const std::string& configuration) : Caller(startService(configuration)) {}

Service::~Service() {
    unit("stop");
    removeFile(overrideFile, ErrorCode::Failed);
}

void Service::configure(const std::string& configuration) {
    writeFileAtomic(overrideFile, configuration, 0644, ErrorCode::Failed);
}

void Service::unit(const std::string& verb) {
    sandbox::Process systemctl({"systemctl", verb, unitName});
    if (systemctl.wait(patience) != 0)
        throw std::runtime_error("systemctl " + verb + ": " + systemctl.output());
}

pid_t Service::pid() {
    return std::stoi(sandbox::run({"systemctl", "show", "--value", "--property=MainPID", unitName}));
}

} // namespace otgnet::guest
