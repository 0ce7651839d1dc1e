// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/daemon.hpp"

#include "base/file.hpp"

namespace otgnet::sandbox {

Daemon::Daemon(World& world, const std::string& configuration) : world_(world) {
    world_.installPolicies();
    configure(configuration);
    kernel_.addController();
    caller_.emplace();
    start();
}

void Daemon::configure(const std::string& configuration) {
    writeFileAtomic("/etc/kvmd/override.yaml", configuration, 0644, ErrorCode::Failed);
}

Process Daemon::spawn(const std::vector<std::string>& options) const {
    const KernelRoots roots = kernel_.roots();
    std::vector<std::string> argv{OTGNET_BINARY_DIR "/src/otgnetd",
                                  "--configfs",
                                  roots.configfs.string(),
                                  "--sysfs",
                                  roots.sysfs.string(),
                                  "--module",
                                  OTGNET_MODULE};
    argv.insert(argv.end(), options.begin(), options.end());
    return Process(argv);
}

void Daemon::start() {
    process_.reset();
    process_ = spawn({});
    world_.bus().waitForOwner("org.pikvm.OtgNet");
}

void Daemon::plugHost() const {
    world_.plug();
    kernel_.setSpeed("high-speed");
    kernel_.setState("configured");
}

void Daemon::unplugHost() const {
    world_.unplug();
}

} // namespace otgnet::sandbox
