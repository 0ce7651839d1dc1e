// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

void writeAll(int fd, std::string_view content, const fs::path& path, ErrorCode code) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw systemError(code, "cannot write " + path.string(), errno);
        content.remove_prefix(static_cast<std::size_t>(n));
    }
}

void makeDirectories(const fs::path& path, ErrorCode code) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
        throw systemError(code, "cannot create " + path.string(), error.value());
}

void syncDirectory(const fs::path& path) {
    if (Fd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)})
        ::fsync(fd.get());
}

} // namespace

std::optional<std::string> readFileIfExists(const fs::path& path, std::size_t limit) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // a FIFO must not block us
    if (!fd && (errno == ENOENT || errno == ENOTDIR))
        return std::nullopt;
    if (!fd)
        throw systemError(ErrorCode::Failed, "cannot open " + path.string(), errno);
    std::string content;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw systemError(ErrorCode::Failed, "cannot read " + path.string(), errno);
        if (n == 0)
            return content;
        content.append(buffer.data(), static_cast<std::size_t>(n));
        if (content.size() > limit)
            throw Error(ErrorCode::Failed, path.string() + " is larger than " + std::to_string(limit) + " bytes");
    }
}

std::string readAttribute(const fs::path& path) {
    try {
        std::string text = readFileIfExists(path).value_or("");
        text.erase(text.find_last_not_of(" \n\t") + 1);
        return text;
    } catch (const Error&) {
        return {}; // e.g. carrier of an interface that is down: EINVAL
    }
}

void writeAttribute(const fs::path& path, std::string_view value, ErrorCode code) {
    Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_TRUNC));
    if (!fd)
        throw systemError(code, "cannot open " + path.string(), errno);
    ssize_t n = 0;
    do
        n = ::write(fd.get(), value.data(), value.size());
    while (n < 0 && errno == EINTR);
    if (n < 0)
        throw systemError(code, "cannot write '" + std::string(value) + "' to " + path.string(), errno);
}

void writeFileAtomic(const fs::path& path, std::string_view content, mode_t mode, ErrorCode code) {
    makeDirectories(path.parent_path(), code);
    const fs::path temporary = path.parent_path() / ("." + path.filename().string() + ".new");
    {
        Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
        if (!fd)
            throw systemError(code, "cannot create " + temporary.string(), errno);
        writeAll(fd.get(), content, temporary, code);
        if (::fchmod(fd.get(), mode) < 0 || ::fsync(fd.get()) < 0)
            throw systemError(code, "cannot write " + temporary.string(), errno);
    }
    if (::rename(temporary.c_str(), path.c_str()) < 0)
        throw systemError(code, "cannot replace " + path.string(), errno);
    syncDirectory(path.parent_path());
}

void removeFile(const fs::path& path, ErrorCode code) {
    if (::unlink(path.c_str()) < 0 && errno != ENOENT && errno != ENOTDIR)
        throw systemError(code, "cannot remove " + path.string(), errno);
}

std::vector<std::string> listDirectory(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
        names.push_back(it->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace otgnet
