// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnetd: parses its arguments, puts the parts together, runs.

#include "base/log.hpp"
#include "bus/bus_face.hpp"
#include "bus/polkit_authority.hpp"
#include "core/controller.hpp"
#include "host/clock.hpp"
#include "host/config_files.hpp"
#include "host/configfs_gadget.hpp"
#include "host/firewall.hpp"
#include "host/forwarding.hpp"
#include "host/hook_runner.hpp"
#include "host/journal.hpp"
#include "host/machine.hpp"
#include "host/managed_link.hpp"
#include "host/memory.hpp"
#include "host/print_config.hpp"
#include "host/watchdog.hpp"

#include <CLI/CLI.hpp>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace otgnet {
namespace {

struct Options {
    std::filesystem::path root = "/";
    KernelRoots kernel;
    std::filesystem::path module; ///< "" = where it is installed
    bool printConfig = false;
    bool clean = false;
};

/// Everything, in the order in which it comes up; each part is used by those below it.
class Daemon {
public:
    explicit Daemon(const Options& options);
    int run();
    int clean(); ///< takes down what a daemon that was killed has left

private:
    void stop();
    void lost(const std::string& why); ///< the bus

    Loop loop_;
    std::unique_ptr<sdbus::IConnection> bus_ = sdbus::createSystemBusConnection();
    Source busSource_ = attachBus(*bus_, [this](const std::string& why) { lost(why); });
    PolkitAuthority authority_{*bus_};
    BusFace face_{*bus_, authority_, OTGNET_VERSION};
    Journal journal_{face_};
    SystemClock clock_{[this] { controller_.clockSet(); }};
    ConfigFiles files_;
    ConfigfsGadget gadget_;
    ManagedLink link_;
    NftFirewall firewall_{[this] { controller_.firewallLost(); }};
    SysctlForwarding forwarding_;
    HookRunner hooks_;
    Machine machine_;
    Memory memory_;
    Controller controller_{
        {gadget_, link_, firewall_, forwarding_, hooks_}, {files_, clock_, machine_, memory_}, journal_};
    Watchdog watchdog_;
    std::vector<Source> signals_;
    bool stopping_ = false;
};

Daemon::Daemon(const Options& options)
    : files_(options.root), gadget_(options.kernel), link_(*bus_, controller_, {.module = options.module}),
      machine_(
          options.kernel, options.root,
          {[this](const UdcFacts& facts) { controller_.udcChanged(facts); }, [this] { controller_.gadgetsChanged(); }},
          {[this](const LinkFacts& facts) { controller_.linkChanged(facts); },
           [this](const std::vector<ForeignNetwork>& networks) { controller_.foreignNetworksChanged(networks); }}) {
    for (const int number : {SIGTERM, SIGINT})
        signals_.push_back(watchSignal(number, [this] { stop(); }));
    signals_.push_back(watchSignal(SIGHUP, [this] { controller_.reload([](const std::exception_ptr&) {}); }));
}

void Daemon::lost(const std::string& why) {
    log::error(why);
    loop_.quit(EXIT_FAILURE);
}

/// Once: whoever asks again, in impatience, waits for the same end.
void Daemon::stop() {
    if (std::exchange(stopping_, true))
        return;
    sd_notify(0, "STOPPING=1");
    controller_.stop([this](const std::exception_ptr& error) {
        if (error)
            guard("taking everything down", [&] { std::rethrow_exception(error); });
        loop_.quit(error ? EXIT_FAILURE : EXIT_SUCCESS);
    });
}

/// The object comes before the name, so that nobody meets a service without it; the name comes before the first touch
/// of the machine, as it is what keeps a second daemon out. No call is served before the loop runs.
int Daemon::run() {
    face_.serve(controller_);
    bus_->requestName(ServiceName{BusFace::busName});
    controller_.udcChanged(machine_.udc());
    controller_.start();
    sd_notify(0, "READY=1");
    return loop_.run();
}

/// Who has not started takes everything for a leftover. The name says that no daemon runs whose it is.
int Daemon::clean() {
    bus_->requestName(ServiceName{BusFace::busName});
    stop();
    return loop_.run();
}

int run(const Options& options) {
    try {
        if (options.printConfig)
            return printConfig(options.root, std::cout);
        Daemon daemon(options);
        return options.clean ? daemon.clean() : daemon.run();
    } catch (const std::exception& e) {
        log::error(e.what());
        return EXIT_FAILURE;
    }
}

} // namespace
} // namespace otgnet

int main(int argc, char** argv) {
    otgnet::Options options;
    CLI::App app("Makes the USB port a network card for the computer at the other end of the cable.", "otgnetd");
    app.set_version_flag("--version", OTGNET_VERSION);
    app.add_flag("--print-config", options.printConfig, "print the effective configuration as JSON and exit");
    app.add_flag("--clean", options.clean, "take down what a service that was killed has left, and exit");
    app.add_option("--root", options.root, "read configuration files below this directory")->capture_default_str();
    app.add_option("--configfs", options.kernel.configfs, "where configfs is mounted")->capture_default_str();
    app.add_option("--sysfs", options.kernel.sysfs, "where sysfs is mounted")->capture_default_str();
    app.add_option("--module", options.module, "the module that speaks with NetworkManager");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        constexpr int exitUsage = 2;
        return app.exit(error) == EXIT_SUCCESS ? EXIT_SUCCESS : exitUsage; // --help is one of them
    }
    ::umask(0022); // not all who read our profiles are root
    return otgnet::run(options);
}
