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

void Daemon::start() {
    const KernelRoots roots = kernel_.roots();
    process_.reset();
    process_.emplace(Process({OTGNET_BINARY_DIR "/src/otgnetd", "--configfs", roots.configfs.string(), "--sysfs",
                              roots.sysfs.string(), "--module", OTGNET_MODULE}));
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
