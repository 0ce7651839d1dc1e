// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/world.hpp"

#include "base/file.hpp"
#include "base/loop.hpp"
#include "sandbox/system_call.hpp"

#include <net/if.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>

#include <csignal>

namespace otgnet::sandbox {

namespace fs = std::filesystem;

namespace {

void mountTmpfs(const fs::path& path, const char* options = "mode=755") {
    checked(::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options),
            "mount a tmpfs on " + path.string());
}

void bind(const fs::path& from, const fs::path& to) {
    checked(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr), "bind " + to.string());
}

/// A private writable copy of a directory of the machine; one that does not exist stays so.
void privateCopy(const fs::path& path) {
    if (!fs::is_directory(path))
        return;
    const fs::path old = "/run/sandbox/old";
    fs::create_directories(old);
    bind(path, old);
    mountTmpfs(path);
    run({"cp", "-a", old.string() + "/.", path.string()});
    checked(::umount2(old.c_str(), MNT_DETACH), "unmount the old " + path.string());
}

void privateEmpty(const fs::path& path) {
    if (fs::is_directory(path))
        mountTmpfs(path);
}

void makeOwned(const fs::path& path, const char* user) {
    fs::create_directories(path);
    const passwd* entry = ::getpwnam(user);
    if (entry == nullptr)
        throw std::runtime_error(std::string("there is no user ") + user + ": is the package installed?");
    checked(::chown(path.c_str(), entry->pw_uid, entry->pw_gid), "chown " + path.string());
}

void fillRun() {
    for (const char* name :
         {"dbus", "netns", "udev", "lock", "systemd/network", "systemd/resolve", "NetworkManager", "sandbox"})
        fs::create_directories(fs::path("/run") / name);
    makeOwned("/run/systemd/netif", "systemd-network");
}

void fillVar() {
    for (const char* name : {"dbus", "NetworkManager", "polkit-1"})
        fs::create_directories(fs::path("/var/lib") / name);
    fs::permissions("/var/lib/NetworkManager", fs::perms::owner_all);
    makeOwned("/var/lib/systemd/network", "systemd-network");
}

/// No profile of the machine's own applies, and NetworkManager asks no polkit, no resolver and no connectivity server.
void fillEtc() {
    for (const char* name :
         {"/etc/systemd/network", "/etc/NetworkManager", "/etc/kvmd", "/etc/otgnet", "/etc/resolv.conf"})
        fs::remove_all(name);
    fs::create_directories("/etc/systemd/network");
    for (const char* name : {"conf.d", "system-connections", "dnsmasq-shared.d", "dispatcher.d"})
        fs::create_directories(fs::path("/etc/NetworkManager") / name);
    const auto put = [](const char* path, const char* text) { writeFileAtomic(path, text, 0644, ErrorCode::Failed); };
    put("/etc/resolv.conf", "nameserver 127.0.0.1\n"); // dnsmasq dies of a dangling link
    put("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    put("/etc/NetworkManager/NetworkManager.conf", "[main]\nplugins=keyfile\nauth-polkit=root-only\ndns=none\n"
                                                   "rc-manager=unmanaged\nno-auto-default=*\ndhcp=internal\n"
                                                   "hostname-mode=none\n[connectivity]\nenabled=false\n");
}

/// polkitd drops its privileges before it reads them.
void openPolkitDirectories() {
    for (const char* path : {"/etc/polkit-1/rules.d", "/usr/share/polkit-1/rules.d", "/usr/share/polkit-1/actions"})
        if (fs::is_directory(path))
            fs::permissions(path, static_cast<fs::perms>(0755));
}

/// What udevd wants of /dev, without its rules touching the real one.
void mountPrivateDev() {
    const fs::path dev = "/run/sandbox/dev";
    fs::create_directories(dev);
    mountTmpfs(dev);
    for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
        Fd(checked(::open((dev / name).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666), "make a device file"));
        bind(fs::path("/dev") / name, dev / name);
    }
    fs::create_directories(dev / "shm");
    fs::create_directories(dev / "pts");
    fs::create_symlink("/proc/self/fd", dev / "fd");
    checked(::mount(dev.c_str(), "/dev", nullptr, MS_MOVE, nullptr), "mount /dev");
}

Fd openNamespace(const char* path) {
    return Fd(checked(::open(path, O_RDONLY | O_CLOEXEC), std::string("open ") + path));
}

/// Gives the current network namespace a name for ip(8).
void nameNetns(const std::string& name) {
    const fs::path path = "/run/netns/" + name;
    fs::create_directories(path.parent_path());
    Fd(checked(::open(path.c_str(), O_CREAT | O_RDONLY | O_CLOEXEC, 0644), "create " + path.string()));
    bind("/proc/self/ns/net", path);
}

/// Orphans of killed daemons have become our children: each is ended by its id.
void endOrphans() {
    const std::string self = std::to_string(::getpid());
    for (const auto& name : listDirectory("/proc")) {
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        const std::string status = readFileIfExists("/proc/" + name + "/status").value_or("");
        if (status.find("\nPPid:\t" + self + "\n") == std::string::npos)
            continue;
        ::kill(std::stoi(name), SIGKILL);
        ::waitpid(std::stoi(name), nullptr, 0);
    }
}

} // namespace

World::World(const WorldOptions& options) {
    enterNamespaces();
    mountPrivate(options.udev);
    dbus_ = startBus();
    bus_ = std::make_unique<Bus>();
    if (options.udev)
        startUdev();
    if (options.cable)
        makeCable();
    if (!options.uplink.empty())
        makeUplink(options.uplink);
}

World::~World() {
    udev_.reset();
    stopBus();
    endOrphans();
    guard("leaving the sandbox", [this] { leave(); });
}

void World::enterNamespaces() {
    oldMounts_ = openNamespace("/proc/self/ns/mnt");
    oldNet_ = openNamespace("/proc/self/ns/net");
    oldRoot_ = Fd(checked(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open /"));
    checked(::unshare(CLONE_FS | CLONE_NEWNS), "make a mount namespace");
    mountTmpfs("/run");
    fillRun();
    for (const char* name : {"host", "wan"}) {
        checked(::unshare(CLONE_NEWNET), "make a network namespace");
        nameNetns(name);
        run({"ip", "link", "set", "lo", "up"});
        (name == std::string("host") ? host_ : wan_) = openNamespace("/proc/self/ns/net");
    }
    checked(::unshare(CLONE_NEWNET), "make a network namespace");
    run({"ip", "link", "set", "lo", "up"});
}

void World::mountPrivate(bool udev) const {
    // A new sysfs shows the links of this namespace. Read-only is how systemd and NetworkManager tell that there is no
    // udevd; with a writable one they wait for ever for it.
    checked(::mount("sysfs", "/sys", "sysfs", udev ? 0 : MS_RDONLY, nullptr), "mount /sys");
    privateCopy("/etc");
    mountTmpfs("/var/lib");
    fillEtc();
    fillVar();
    for (const char* path :
         {"/usr/lib/systemd/network", "/usr/lib/NetworkManager/conf.d", "/usr/lib/NetworkManager/system-connections"})
        privateEmpty(path);
    for (const char* path : {"/usr/share/polkit-1/actions", "/usr/share/polkit-1/rules.d"})
        privateCopy(path);
    openPolkitDirectories();
    if (udev)
        mountPrivateDev();
}

void World::leave() {
    checked(::unshare(CLONE_FS), "part with the threads of libraries"); // they stay behind
    checked(::setns(oldNet_.get(), CLONE_NEWNET), "return to the old network namespace");
    checked(::setns(oldMounts_.get(), CLONE_NEWNS), "return to the old mount namespace");
    // setns went to the root of the namespace, which in a chroot is not ours
    checked(::fchdir(oldRoot_.get()), "return to the old root");
    checked(::chroot("."), "return to the old root");
}

void World::installPolicies() const {
    const fs::path source = OTGNET_SOURCE_DIR;
    fs::copy(source / "dbus/org.pikvm.OtgNet.conf", "/etc/dbus-1/system.d/", fs::copy_options::overwrite_existing);
    fs::copy(source / "polkit/org.pikvm.OtgNet.policy", "/usr/share/polkit-1/actions/",
             fs::copy_options::overwrite_existing);
    run({"busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig"});
}

std::unique_ptr<sdbus::IConnection> World::connect() const {
    return sdbus::createSystemBusConnection();
}

void World::stopBus() {
    bus_.reset();
    dbus_.reset();
}

void World::startUdev() {
    udev_ = Process({"/lib/systemd/systemd-udevd"});
    waitForFile("/run/udev/control");
    const ProcessOptions inChroot{.environment = {"SYSTEMD_IGNORE_CHROOT=1"}}; // udevadm refuses otherwise
    run({"udevadm", "control", "--ping"}, inChroot);
}

Process World::startNetworkd() {
    // STORAGE_READY: from 256 on the DHCP server waits for somebody to say so
    Process daemon({"/lib/systemd/systemd-networkd"},
                   {.environment = {"SYSTEMD_LOG_TARGET=console", "SYSTEMD_NETWORK_PERSISTENT_STORAGE_READY=1"}});
    bus_->waitForOwner("org.freedesktop.network1");
    return daemon;
}

Process World::startNetworkManager() {
    Process daemon({"/usr/sbin/NetworkManager", "--debug"}); // without --debug it logs to syslog
    bus_->waitForOwner("org.freedesktop.NetworkManager");
    bus_->waitForObject("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager",
                        "org.freedesktop.NetworkManager", "Version");
    return daemon;
}

Process World::startPolkit() {
    Process daemon({"/usr/lib/polkit-1/polkitd"});
    bus_->waitForOwner("org.freedesktop.PolicyKit1");
    return daemon;
}

void World::makeCable() {
    run({"ip", "link", "add", "usb0", "type", "veth", "peer", "name", "host0", "netns", "host"});
}

void World::removeCable() {
    run({"ip", "link", "del", "usb0"});
}

void World::makeUplink(const std::string& name) {
    run({"ip", "link", "add", name, "type", "veth", "peer", "name", "wan0", "netns", "wan"});
}

void World::plug() const {
    runOnHost({"ip", "link", "set", "host0", "up"});
}

void World::unplug() const {
    runOnHost({"ip", "link", "set", "host0", "down"});
}

unsigned World::ifindex(const std::string& name) const {
    return ::if_nametoindex(name.c_str());
}

std::string World::networkdPath(const std::string& name) const {
    char* path = nullptr;
    checked(sd_bus_path_encode("/org/freedesktop/network1/link", std::to_string(ifindex(name)).c_str(), &path),
            "encode a path");
    const std::unique_ptr<char, decltype(&std::free)> keeper(path, std::free);
    return path;
}

std::string World::runOnHost(const std::vector<std::string>& argv) const {
    return run(argv, {.netns = host_.get()});
}

} // namespace otgnet::sandbox
