// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The service as a client sees it: the generated proxy with the few things that a generator cannot know.
#pragma once

#include "base/sdbus.hpp"
#include "ctl/json.hpp"

#include <otgnet-proxy.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace otgnet::ctl {

inline constexpr const char* busName = "org.pikvm.OtgNet";
inline constexpr const char* objectPath = "/org/pikvm/OtgNet";

/// The system bus of this machine (host "") or of another one, over ssh as systemctl -H does. Throws sdbus::Error,
/// NoServer if there is no way to it.
std::unique_ptr<sdbus::IConnection> connectBus(const std::string& host);

/// How long to wait for a call that changes something: a person may be typing a password, a host's controller may take
/// its time to bind. Who only looks gets his answer at once, or waits for sd-bus's 25 s.
inline constexpr std::chrono::hours changeTimeout{1};

/// Whether somebody owns the bus name; does not start him.
bool isOwned(sdbus::IConnection& bus, const std::string& name);

/// For calls; who wants signals has a Monitor. Not subscribing saves a round trip for each of them.
class Service final : public sdbus::ProxyInterfaces<org::pikvm::OtgNet1_proxy> {
public:
    /// `mayAsk`: polkit may ask a person when a method needs it. The connection must outlive the Service.
    Service(sdbus::IConnection& bus, bool mayAsk);

    Properties properties(); ///< all of them, in one call

private:
    void onHostAttached(const std::string&, const std::string&) override {}
    void onHostDetached(const std::string&, const std::string&) override {}
    void onLeaseAdded(const std::string&, const std::string&, const std::string&, const std::uint64_t&) override {}
    void onLeaseChanged(const std::string&, const std::string&, const std::string&, const std::uint64_t&) override {}
    void onLeaseRemoved(const std::string&, const std::string&, const std::string&) override {}
};

} // namespace otgnet::ctl
