// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// otgnet-kernelfs MOUNTPOINT [NETNS]: mounts the stand-in and prints "ready". With NETNS, the network device of a
/// bound function is a veth whose other end, host0, is in that named namespace. Below the mount point:
///   config/   what /sys/kernel/config is on a real machine
///   sys/      the part of /sys that speaks of USB device controllers
///   control/  written by the test:
///     udc         "add NAME [DRIVER]", "remove NAME"
///     state       the state of the first controller; who polls it is woken
///     speed       its current_speed
///     suspended   0 or 1
///     functions   the function types the kernel has, e.g. "ecm ncm hid"
///     module      "load" or "unload" libcomposite, without which there is no place for gadgets
///     fail        "N HOW [forever]": the N-th changing operation from now fails with the errno HOW, or its caller is
///                 killed (HOW = kill-before, kill-after)
///     operations  read: the changing operations so far, one a line; write: forget them
/// Ends, and unmounts, on SIGTERM. uevents go to the network namespace in which it runs.
#define FUSE_USE_VERSION 31

#include "support/kernel_model.hpp"
#include "support/uevent_sender.hpp"

#include <fuse.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

using otgnet::support::KernelModel;
using otgnet::support::Node;
using otgnet::support::UeventSender;

/// An open attribute: what poll(2) compares with.
struct Handle {
    unsigned seen = 0;
    fuse_pollhandle* poller = nullptr;
    std::string path;
};

std::unique_ptr<KernelModel> model;
std::vector<Handle*> handles;

std::string relative(const char* path) {
    return path + 1;
}

Handle& handleOf(fuse_file_info* file) {
    return *reinterpret_cast<Handle*>(file->fh);
}

void wake(const std::string& path) {
    for (Handle* handle : handles)
        if (handle->path == path && handle->poller) {
            fuse_notify_poll(handle->poller);
            fuse_pollhandle_destroy(handle->poller);
            handle->poller = nullptr;
        }
}

/// Runs a changing operation, unless the test wants it to fail.
template<class Call>
int changing(const std::string& operation, const Call& call) {
    const pid_t process = fuse_get_context()->pid;
    if (operation.find(" control/") != std::string::npos)
        return call();
    if (const int failure = model->injected(operation, process, false))
        return failure;
    const int result = call();
    if (result >= 0)
        model->injected(operation, process, true);
    return result;
}

int onGetattr(const char* path, struct stat* status, fuse_file_info*) {
    const Node* node = model->find(relative(path));
    if (!node)
        return -ENOENT;
    *status = {};
    status->st_ino = node->order; // as in sysfs: what is made anew has another one
    status->st_nlink = 1;
    status->st_uid = node->uid;
    status->st_gid = node->gid;
    status->st_size = node->kind == Node::Kind::link ? static_cast<off_t>(node->text.size()) : 4096;
    switch (node->kind) {
    case Node::Kind::directory:
        status->st_mode = S_IFDIR | 0755;
        break;
    case Node::Kind::link:
        status->st_mode = S_IFLNK | 0777;
        break;
    case Node::Kind::attribute:
        status->st_mode = S_IFREG | (node->readOnly ? 0444 : 0644);
        break;
    }
    return 0;
}

int onReadlink(const char* path, char* buffer, size_t size) {
    const Node* node = model->find(relative(path));
    if (!node || node->kind != Node::Kind::link)
        return -EINVAL;
    std::snprintf(buffer, size, "%s", node->text.c_str());
    return 0;
}

int onReaddir(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*, fuse_readdir_flags) {
    for (const std::string& name : model->list(relative(path)))
        if (!name.empty())
            fill(buffer, name.c_str(), nullptr, 0, static_cast<fuse_fill_dir_flags>(0));
    return 0;
}

int onMkdir(const char* path, mode_t) {
    return changing("mkdir " + relative(path), [&] { return model->makeDirectory(relative(path)); });
}

int onRmdir(const char* path) {
    return changing("rmdir " + relative(path), [&] { return model->removeDirectory(relative(path)); });
}

int onSymlink(const char* target, const char* path) {
    return changing("link " + relative(path), [&] { return model->makeLink(target, relative(path)); });
}

int onUnlink(const char* path) {
    return changing("unlink " + relative(path), [&] { return model->removeLink(relative(path)); });
}

int onChown(const char* path, uid_t uid, gid_t gid, fuse_file_info*) {
    return changing("chown " + relative(path), [&] { return model->chown(relative(path), uid, gid); });
}

int onTruncate(const char* path, off_t, fuse_file_info*) {
    return model->find(relative(path)) ? 0 : -ENOENT;
}

int onOpen(const char* path, fuse_file_info* file) {
    const Node* node = model->find(relative(path));
    if (!node)
        return -ENOENT;
    auto* handle = new Handle{.seen = node->version, .path = relative(path)};
    handles.push_back(handle);
    file->fh = reinterpret_cast<std::uint64_t>(handle);
    file->direct_io = 1;
    return 0;
}

int onRelease(const char*, fuse_file_info* file) {
    Handle* handle = &handleOf(file);
    std::erase(handles, handle);
    if (handle->poller)
        fuse_pollhandle_destroy(handle->poller);
    delete handle;
    return 0;
}

int onRead(const char*, char* buffer, size_t size, off_t offset, fuse_file_info* file) {
    const Node* node = model->find(handleOf(file).path);
    if (!node)
        return -ENODEV;
    if (offset == 0)
        handleOf(file).seen = node->version;
    const std::size_t from = std::min(static_cast<std::size_t>(offset), node->text.size());
    return static_cast<int>(node->text.copy(buffer, size, from));
}

int onWrite(const char*, const char* buffer, size_t size, off_t, fuse_file_info* file) {
    const std::string path = handleOf(file).path;
    const std::string_view text(buffer, size);
    const std::string shown(text.substr(0, text.find('\n')));
    const int result = changing("write " + path + " " + shown, [&] { return model->write(path, text); });
    return result < 0 ? result : static_cast<int>(size);
}

int onPoll(const char*, fuse_file_info* file, fuse_pollhandle* poller, unsigned* events) {
    Handle& handle = handleOf(file);
    if (poller) {
        if (handle.poller)
            fuse_pollhandle_destroy(handle.poller);
        handle.poller = poller;
    }
    const Node* node = model->find(handle.path);
    *events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    if (!node || node->version != handle.seen)
        *events |= POLLPRI | POLLERR;
    return 0;
}

void* onInit(fuse_conn_info*, fuse_config* config) {
    config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
    config->direct_io = 1;
    config->hard_remove = 1;
    config->use_ino = 1;
    return nullptr;
}

fuse_operations operations() {
    fuse_operations result{};
    result.getattr = onGetattr;
    result.readlink = onReadlink;
    result.readdir = onReaddir;
    result.mkdir = onMkdir;
    result.rmdir = onRmdir;
    result.symlink = onSymlink;
    result.unlink = onUnlink;
    result.chown = onChown;
    result.truncate = onTruncate;
    result.open = onOpen;
    result.release = onRelease;
    result.read = onRead;
    result.write = onWrite;
    result.poll = onPoll;
    result.init = onInit;
    return result;
}

void run(std::vector<std::string> arguments) {
    std::vector<char*> argv;
    for (std::string& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_t child = -1;
    int status = 0;
    if (posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) == 0)
        waitpid(child, &status, 0);
}

void makeCable(const std::string& netns, const std::string& name, bool exists) {
    if (netns.empty())
        return;
    if (exists)
        run({"ip", "link", "add", name, "type", "veth", "peer", "name", "host0", "netns", netns});
    else
        run({"ip", "link", "delete", name});
}

int serve(const char* program, const char* mountPoint, const std::string& netns) {
    const UeventSender sender;
    model = std::make_unique<KernelModel>(otgnet::support::Announcements{
        .notify = wake,
        .uevent = [&](const std::string& action, const std::string& udc,
                      const std::string& gadget) { sender.udc(action, udc, gadget); },
        .module = [&](const std::string& action, const std::string& name) { sender.module(action, name); },
        .netdev = [&](const std::string& device, bool exists) { makeCable(netns, device, exists); }});
    std::string name = program, option = "-o", options = "allow_other,default_permissions,fsname=otgnet-kernelfs";
    std::array<char*, 3> argv{name.data(), option.data(), options.data()};
    fuse_args arguments = FUSE_ARGS_INIT(static_cast<int>(argv.size()), argv.data());
    const fuse_operations calls = operations();
    fuse* session = fuse_new(&arguments, &calls, sizeof calls, nullptr);
    if (!session || fuse_mount(session, mountPoint) != 0)
        return 1;
    fuse_set_signal_handlers(fuse_get_session(session));
    std::puts("ready");
    std::fflush(stdout);
    fuse_loop(session);
    fuse_unmount(session);
    fuse_destroy(session);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::fputs("usage: otgnet-kernelfs MOUNTPOINT [NETNS]\n", stderr);
        return 2;
    }
    try {
        return serve(argv[0], argv[1], argc == 3 ? argv[2] : "");
    } catch (const std::exception& e) {
        std::fprintf(stderr, "otgnet-kernelfs: %s\n", e.what());
        return 1;
    }
}
