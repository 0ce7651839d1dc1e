// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/bus_service.hpp"

namespace otgnet::sandbox {

namespace {

std::unique_ptr<sdbus::IConnection> connectWithPolicy(World& world) {
    world.installPolicies();
    return world.connect();
}

} // namespace

void NotedIntents::setConfig(const Settings& settings, bool persist, Done done) {
    changes = settings;
    note(persist ? "setConfig persist" : "setConfig", std::move(done));
}

void NotedIntents::resetConfig(const std::vector<std::string>& keys, bool persist, Done done) {
    std::string call = persist ? "resetConfig persist" : "resetConfig";
    for (const std::string& key : keys)
        call += " " + key;
    note(std::move(call), std::move(done));
}

const LoadedConfig& NotedIntents::config() const {
    if (configFailure)
        std::rethrow_exception(configFailure);
    return loaded;
}

void NotedIntents::note(std::string call, Done done) {
    calls.push_back(std::move(call));
    if (throws)
        std::rethrow_exception(failure);
    if (holds)
        held.push_back(std::move(done));
    else
        done(failure);
}

BusService::BusService(World& world, std::chrono::milliseconds polkitTime) : connection(connectWithPolicy(world)) {
    authority.emplace(*connection, polkitTime);
    face.emplace(*connection, *authority, "1.2.3");
    face->serve(intents);
    source_ = attachBus(*connection, [](const std::string& why) { throw std::runtime_error(why); });
    connection->requestName(ServiceName{BusFace::busName});
}

} // namespace otgnet::sandbox
