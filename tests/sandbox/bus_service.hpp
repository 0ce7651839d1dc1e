// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The real BusFace with the real PolkitAuthority on the private bus, in front of intents that only take note.
#pragma once

#include "sandbox/world.hpp"

#include "bus/bus_face.hpp"
#include "bus/polkit_authority.hpp"

#include <optional>
#include <string>
#include <vector>

namespace otgnet::sandbox {

/// Notes every call as text; answers with `failure` (none: done), or later when it holds.
class NotedIntents final : public Intents {
public:
    void enable(Done done) override { note("enable", std::move(done)); }
    void disable(Done done) override { note("disable", std::move(done)); }
    void replug(Done done) override { note("replug", std::move(done)); }
    void reload(Done done) override { note("reload", std::move(done)); }
    void setConfig(const Settings& changes, bool persist, Done done) override;
    void resetConfig(const std::vector<std::string>& keys, bool persist, Done done) override;
    const LoadedConfig& config() const override;

    std::vector<std::string> calls;
    Settings changes; ///< of the last setConfig
    std::exception_ptr failure;
    bool throws = false; ///< throw the failure instead of answering with it
    bool holds = false;  ///< keep the Done in `held`
    std::vector<Done> held;
    LoadedConfig loaded;
    std::exception_ptr configFailure; ///< what config() throws

private:
    void note(std::string call, Done done);
};

/// Installs the bus policy and the polkit policy of the source tree and serves.
class BusService {
public:
    /// `polkitTime`: how long polkitd may take over a question that no person is asked.
    explicit BusService(World& world, std::chrono::milliseconds polkitTime = patience);

    NotedIntents intents;
    const std::unique_ptr<sdbus::IConnection> connection;
    std::optional<PolkitAuthority> authority;
    std::optional<BusFace> face;

private:
    Source source_;
};

} // namespace otgnet::sandbox
