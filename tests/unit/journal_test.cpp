// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/journal.hpp"

#include "base/fd.hpp"
#include "fakes.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>

namespace otgnet {
namespace {

/// Where systemd would listen.
class NotifySocket {
public:
    NotifySocket() {
        const std::string path = directory_ / "notify";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    }
    ~NotifySocket() {
        ::unsetenv("NOTIFY_SOCKET");
        std::filesystem::remove_all(directory_);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    /// "" = nothing has come.
    std::string take() const {
        std::array<char, 256> buffer{};
        const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        return {buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
    }

private:
    const std::filesystem::path directory_ = support::makeTemporaryDirectory("notify");
    const Fd fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
};

TEST(Journal, TellsSystemdOfTheLastStateOnceTheBusHasBeenTold) {
    const NotifySocket systemd;
    fake::Screen screen;
    Journal journal(screen);
    Status status;
    for (const State state : {State::starting, State::waiting, State::attached}) {
        status.state = state;
        journal.show(status);
    }
    journal.hostAttached("dummy_udc.0", "high-speed");
    EXPECT_EQ(systemd.take(), "");

    std::string told;
    while (told.empty()) {
        g_main_context_iteration(nullptr, TRUE);
        told = systemd.take();
    }
    EXPECT_EQ(told, "STATUS=attached");
    EXPECT_EQ(screen.takeSignals(), std::vector<std::string>{"attached dummy_udc.0 high-speed"});
    journal.show(status);
    EXPECT_FALSE(g_main_context_pending(nullptr)) << "nothing is new";
}

} // namespace
} // namespace otgnet
