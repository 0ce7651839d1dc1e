// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Both ends of the cable: what most tests need.
#pragma once

#include "guest/host.hpp"
#include "guest/manager.hpp"
#include "guest/service.hpp"
#include "guest/traces.hpp"
#include "sandbox/dhcp_client.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace otgnet::guest {

/// Ports of the test configuration.
constexpr std::uint16_t openPort = 8080;
constexpr std::uint16_t closedPort = 8081;

/// An override.yaml with this driver and openPort open; `more` are further lines below "otgnet:", two blanks indented.
std::string configuration(const std::string& driver, const std::string& more = "");

class Cable {
public:
    explicit Cable(const std::string& configuration, const std::string& managerName = Manager::networkd)
        : manager(managerName), service(configuration) {}

    /// Waits until we see the host, then opens the host's end: opened earlier, an ECM host over dummy_hcd misses the
    /// notification that our end is up, and never has a carrier.
    void takeInterface();
    void goOnline(); ///< Enable, and the host gets a lease
    /// The host, whose interface was taken, gets a lease, at the second try after it was plugged anew: one over
    /// dummy_hcd now and then passes no packet.
    void lease();

    const Manager manager;
    const Traces before = traces();
    Host host;
    Service service;
    std::optional<sandbox::DhcpClient> client;
    std::string hostAddress; ///< of its lease

private:
    void showTraffic() const;
};

/// A test that is the same with each manager.
class WithEachManager : public ::testing::TestWithParam<const char*> {};

#define OTGNET_WITH_EACH_MANAGER(suite)                                                                                \
    INSTANTIATE_TEST_SUITE_P(Managers, suite, ::testing::Values(Manager::networkd, Manager::networkManager),           \
                             [](const auto& manager) { return std::string(manager.param); })

} // namespace otgnet::guest
