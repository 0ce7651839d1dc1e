// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/remote_caller.hpp"

#include "sandbox/system_call.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>

namespace otgnet::sandbox {

namespace {

/// Where other users can run it: the build tree may lie in a directory that only root enters.
std::string installed() {
    const std::string path = "/run/sandbox/otgnet-test-caller";
    std::filesystem::copy_file(OTGNET_BINARY_DIR "/tests/caller/otgnet-test-caller", path,
                               std::filesystem::copy_options::skip_existing);
    return path;
}

} // namespace

RemoteCaller::RemoteCaller(uid_t uid, std::vector<std::string> arguments) {
    static unsigned number = 0;
    const std::string path = "/run/sandbox/caller" + std::to_string(++number);
    checked(::mkfifo(path.c_str(), 0600), "make " + path);
    checked(::chown(path.c_str(), uid, 0), "give away " + path);
    fifo_ = Fd(checked(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC), "open " + path));
    source_ = watchFd(fifo_.get(), G_IO_IN, [this](GIOCondition) {
        std::array<char, 4096> bytes{};
        const auto count = checked(::read(fifo_.get(), bytes.data(), bytes.size()), "read what a caller says");
        said_.append(bytes.data(), static_cast<std::size_t>(count));
    });
    arguments.insert(arguments.begin(), {installed(), "--to", path});
    process_.emplace(arguments, ProcessOptions{.uid = uid});
}

std::string RemoteCaller::expect(const std::string& word) {
    const std::string wanted = "\n" + word + " ";
    const auto isThere = [&] {
        const auto at = said_.find(wanted);
        return at != std::string::npos && said_.find('\n', at + wanted.size()) != std::string::npos;
    };
    loopUntil(isThere, word + " from the caller, who said:" + said_);
    const auto begin = said_.find(wanted) + wanted.size();
    return said_.substr(begin, said_.find('\n', begin) - begin);
}

std::string RemoteCaller::outcome() {
    loopUntil([&] { return hasSaid("RETURN") || hasSaid("ERROR") || hasSaid("BROKEN"); }, "the outcome of a call");
    if (hasSaid("RETURN"))
        return "RETURN";
    const std::string error = expect(hasSaid("ERROR") ? "ERROR" : "BROKEN");
    return error.substr(0, error.find(' '));
}

} // namespace otgnet::sandbox
