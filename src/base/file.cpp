// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/file.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

/// Not for a FIFO's other end, nor for the owner of a file to give a lease back (fcntl F_SETLEASE).
constexpr int neverWait = O_NONBLOCK | O_NOCTTY;

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

/// As read(2), which fails for a file that is not open.
ssize_t readSome(const Fd& file, std::span<char> buffer) {
    ssize_t size = 0;
    do
        size = ::read(file.get(), buffer.data(), buffer.size());
    while (size < 0 && errno == EINTR);
    return size;
}

void makeDirectories(const fs::path& path, ErrorCode code) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
        throw systemError(code, "cannot create " + path.string(), error.value());
}

void requireRegular(const Fd& fd, const fs::path& path) {
    struct stat status {};
    if (::fstat(fd.get(), &status) < 0 || !S_ISREG(status.st_mode))
        throw Error(ErrorCode::Failed, path.string() + " is no regular file");
}

void syncDirectory(const fs::path& path, ErrorCode code) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || (::fsync(fd.get()) < 0 && errno != EINVAL)) // EINVAL: a file system that has nothing to do for it
        throw systemError(code, "cannot write " + path.string(), errno);
}

std::vector<std::string> namesIn(const fs::path& path, std::error_code& error) {
    std::vector<std::string> names;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
        names.push_back(it->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// The new content, until it takes its place. The directory may be somebody else's: what is in the way there is removed
/// and not used.
class Temporary {
public:
    Temporary(fs::path path, ErrorCode code) : path_(std::move(path)), code_(code) {
        ::unlink(path_.c_str());
        file_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file_)
            throw systemError(code_, "cannot create " + path_.string(), errno);
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        if (!path_.empty())
            ::unlink(path_.c_str());
    }

    void fill(std::string_view content, mode_t mode) const {
        writeAll(file_.get(), content, path_, code_);
        if (::fchmod(file_.get(), mode) < 0 || ::fsync(file_.get()) < 0)
            throw systemError(code_, "cannot write " + path_.string(), errno);
    }

    void replace(const fs::path& path) {
        replaceFile(path_, path, code_);
        path_.clear();
    }

private:
    fs::path path_;
    ErrorCode code_;
    Fd file_;
};

} // namespace

std::optional<std::string> readFileIfExists(const fs::path& path, std::size_t limit, Links links) {
    const int flags = O_RDONLY | O_CLOEXEC | neverWait | (links == Links::refuse ? O_NOFOLLOW : 0);
    const Fd fd(::open(path.c_str(), flags));
    if (!fd && (errno == ENOENT || errno == ENOTDIR))
        return std::nullopt;
    if (!fd)
        throw systemError(ErrorCode::Failed, "cannot open " + path.string(), errno);
    requireRegular(fd, path);
    std::string content;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t n = readSome(fd, buffer);
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
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | neverWait));
    std::array<char, 4096> page{};
    const ssize_t size = readSome(fd, page); // EINVAL: carrier of an interface that is down
    std::string text(page.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    text.erase(text.find_last_not_of(" \n\t") + 1);
    return text;
}

void writeAttribute(const fs::path& path, std::string_view value, ErrorCode code) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_TRUNC | neverWait));
    if (!fd)
        throw systemError(code, "cannot open " + path.string(), errno);
    ssize_t n = 0;
    do
        n = ::write(fd.get(), value.data(), value.size());
    while (n < 0 && errno == EINTR);
    if (n < 0)
        throw systemError(code, "cannot write '" + std::string(value) + "' to " + path.string(), errno);
}

void writeFileAtomic(const fs::path& path, std::string_view content, mode_t mode, ErrorCode code,
                     const fs::path& workshop) {
    makeDirectories(path.parent_path(), code);
    const fs::path directory = workshop.empty() ? path.parent_path() : workshop;
    Temporary temporary(directory / ("." + path.filename().string() + ".new"), code);
    temporary.fill(content, mode);
    temporary.replace(path);
}

void replaceFile(const fs::path& from, const fs::path& to, ErrorCode code) {
    if (::rename(from.c_str(), to.c_str()) < 0)
        throw systemError(code, "cannot replace " + to.string(), errno);
    syncDirectory(to.parent_path(), code);
}

void removeFile(const fs::path& path, ErrorCode code) {
    if (::unlink(path.c_str()) < 0 && errno != ENOENT && errno != ENOTDIR)
        throw systemError(code, "cannot remove " + path.string(), errno);
}

std::vector<std::string> listDirectory(const fs::path& path) {
    std::error_code ignored;
    return namesIn(path, ignored);
}

std::vector<std::string> listDirectoryIfExists(const fs::path& path) {
    std::error_code error;
    std::vector<std::string> names = namesIn(path, error);
    if (error && error != std::errc::no_such_file_or_directory)
        throw systemError(ErrorCode::Failed, "cannot list " + path.string(), error.value());
    return names;
}

} // namespace otgnet
