// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/kernel.hpp"

#include "base/file.hpp"
#include "sandbox/system_call.hpp"
#include "support/temporary_directory.hpp"

#include <sys/mount.h>
#include <sys/wait.h>

#include <csignal>
#include <sstream>

namespace otgnet::sandbox {

namespace fs = std::filesystem;

namespace {

std::string describe(const fs::directory_entry& entry) {
    if (entry.is_symlink())
        return "-> " + fs::read_symlink(entry).string();
    return entry.is_directory() ? "/" : readFileIfExists(entry).value_or("");
}

} // namespace

Kernel::Kernel(const std::string& host)
    : mount_(support::makeTemporaryDirectory("kernel", "/tmp")),
      server_(Process({OTGNET_BINARY_DIR "/tests/support/otgnet-kernelfs", mount_.string(), host})) {
    server_->expect("ready");
}

Kernel::~Kernel() {
    try {
        server_->terminate();
    } catch (const std::exception&) {
        server_.reset(); // killed: its mount has to be taken away by force
        ::umount2(mount_.c_str(), MNT_DETACH);
    }
    std::error_code error;
    fs::remove(mount_, error);
}

void Kernel::control(const std::string& file, const std::string& text) const {
    writeAttribute(mount_ / "control" / file, text, ErrorCode::Failed);
}

void Kernel::addController(const std::string& name, const std::string& driver) const {
    control("udc", "add " + name + " " + driver);
}

void Kernel::removeController(const std::string& name) const {
    control("udc", "remove " + name);
}

void Kernel::setState(const std::string& state) const {
    control("state", state);
}

void Kernel::setSpeed(const std::string& speed) const {
    control("speed", speed);
}

void Kernel::setSuspended(const std::string& flag) const {
    control("suspended", flag);
}

void Kernel::setFunctions(const std::string& types) const {
    control("functions", types);
}

void Kernel::setLibcomposite(bool loaded) const {
    control("module", loaded ? "load" : "unload");
}

void Kernel::fail(int nth, int error) const {
    control("fail", std::to_string(nth) + " " + std::to_string(error));
}

void Kernel::kill(int nth, bool after) const {
    control("fail", std::to_string(nth) + (after ? " kill-after" : " kill-before"));
}

void Kernel::work() const {
    control("fail", "0");
}

KernelTree Kernel::tree() const {
    KernelTree tree;
    for (const auto& entry : fs::recursive_directory_iterator(roots().gadgets()))
        tree[entry.path().lexically_relative(roots().gadgets())] = describe(entry);
    return tree;
}

std::vector<std::string> Kernel::operations() const {
    std::istringstream all(readFileIfExists(mount_ / "control/operations").value_or(""));
    std::vector<std::string> lines;
    const std::string prefix = "config/usb_gadget/";
    for (std::string line; std::getline(all, line);)
        lines.push_back(line.erase(line.find(prefix), prefix.size()));
    return lines;
}

void Kernel::forget() const {
    control("operations", "-");
}

bool survives(const std::function<void()>& body) {
    const pid_t pid = checked(::fork(), "fork");
    if (pid == 0) {
        body();
        ::_exit(0);
    }
    int status = 0;
    checked(::waitpid(pid, &status, 0), "wait for the child");
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return false;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error("the child ended with status " + std::to_string(status));
    return true;
}

} // namespace otgnet::sandbox
