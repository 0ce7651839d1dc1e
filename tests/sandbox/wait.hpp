// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Waiting for events. Everything that does not come in time throws std::runtime_error, which fails the test.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

namespace otgnet::sandbox {

/// Longer than anything takes on a loaded machine; only a test that fails waits this long.
constexpr std::chrono::milliseconds patience{20'000};

class TimedOut : public std::runtime_error {
public:
    explicit TimedOut(const std::string& what) : std::runtime_error("timed out waiting for " + what) {}
};

class Deadline {
public:
    explicit Deadline(std::chrono::milliseconds time) : at_(Clock::now() + time) {}
    /// For poll(2) and friends; 0 when it is over.
    int milliseconds() const;

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point at_;
};

/// Waits until the fd is readable.
void waitReadable(int fd, const Deadline& deadline, const std::string& what);

/// Waits until there is such a file in a directory that exists.
void waitForFile(const std::filesystem::path& path, std::chrono::milliseconds time = patience);

/// Runs the default GMainContext until the condition holds; it is asked after every dispatched event.
void loopUntil(const std::function<bool()>& condition, const std::string& what,
               std::chrono::milliseconds time = patience);

} // namespace otgnet::sandbox
