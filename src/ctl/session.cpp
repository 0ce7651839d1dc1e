// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/session.hpp"

#include "base/error.hpp"
#include "ctl/agent.hpp"
#include "ctl/snapshot.hpp"

#include <optional>

namespace otgnet::ctl {

Session::Session(Options options) : options_(std::move(options)), style_(outputStyle()) {}

sdbus::IConnection& Session::bus() {
    if (!bus_)
        bus_ = connectBus(options_.host);
    return *bus_;
}

Service& Session::service() {
    if (!service_)
        service_ = std::make_unique<Service>(bus(), options_.askPassword);
    return *service_;
}

Service& Session::runningService() {
    if (!isOwned(bus(), busName))
        throw sdbus::Error(BusErrorName{SD_BUS_ERROR_NAME_HAS_NO_OWNER}, "");
    return service();
}

Json Session::settings() {
    Json out = toJson(service().GetConfig());
    if (out.empty())
        throw Error(ErrorCode::InvalidConfig, "the service could load no configuration: " +
                                                  snapshotFrom(toJson(service().properties())).errorText);
    return out;
}

void Session::authorized(const std::function<void(Service&)>& call) {
    std::optional<PasswordAgent> agent;
    if (options_.askPassword && options_.host.empty()) // over ssh we are not the process that polkit would ask
        agent.emplace();
    bus().setMethodCallTimeout(changeTimeout);
    call(service());
    bus().setMethodCallTimeout(std::chrono::seconds{0}); // sd-bus's own again
}

void Session::print(const std::string& text) const {
    page(text, options_.noPager);
}

void Session::print(const Json& value) const {
    page(value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n", options_.noPager);
}

} // namespace otgnet::ctl
