// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Listens to the service, over its restarts.
#pragma once

#include "ctl/event.hpp"
#include "ctl/service.hpp"

#include <functional>

namespace otgnet::ctl {

/// The service's signals, changes of its properties, and its own coming and going as the event "Service".
class Monitor final : public sdbus::ProxyInterfaces<org::pikvm::OtgNet1_proxy> {
public:
    using Sink = std::function<void(const Event&)>;

    /// The connection must outlive the monitor and be served by the main loop.
    Monitor(sdbus::IConnection& bus, Sink sink);
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    ~Monitor();

    /// The present state, as an event "Service". Does not start the service.
    void tellPresent(sdbus::IConnection& bus, Service& service);

private:
    void onHostAttached(const std::string& udc, const std::string& speed) override;
    void onHostDetached(const std::string& udc, const std::string& reason) override;
    void onLeaseAdded(const std::string& address, const std::string& mac, const std::string& hostname,
                      const std::uint64_t& expiry) override;
    void onLeaseChanged(const std::string& address, const std::string& mac, const std::string& hostname,
                        const std::uint64_t& expiry) override;
    void onLeaseRemoved(const std::string& address, const std::string& mac, const std::string& reason) override;
    void onProperties(sdbus::Message& message);
    void onOwner(sdbus::Message& message);
    void tell(const char* name, nlohmann::ordered_json fields);

    Sink sink_;
    sdbus::Slot properties_;
    sdbus::Slot owner_;
};

} // namespace otgnet::ctl
