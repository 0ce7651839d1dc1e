// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/backend_choice.hpp"

#include "base/file.hpp"
#include "host/networkd_leases.hpp"

#include <net/if.h>

#include <limits>
#include <sstream>

namespace otgnet {

namespace {

constexpr const char* networkdName = "org.freedesktop.network1";
constexpr std::chrono::seconds answerTime{5};
constexpr unsigned routeIsUp = 0x1;        // RTF_UP
constexpr std::size_t maxRoutes = 4 << 20; ///< bytes of /proc/net/route: more is no machine with a USB device port

} // namespace

std::string backendName(Backend backend) {
    switch (backend) {
    case Backend::none:
        return "";
    case Backend::networkd:
        return "networkd";
    case Backend::networkManager:
        return "networkmanager";
    }
    return "";
}

std::string defaultRouteInterface(std::string_view routes) {
    std::istringstream lines{std::string(routes)};
    std::string line, best;
    unsigned long bestMetric = std::numeric_limits<unsigned long>::max();
    std::getline(lines, line); // the header
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        std::string name, destination, gateway, mask;
        unsigned flags = 0, references = 0, use = 0;
        unsigned long metric = 0;
        fields >> name >> destination >> gateway >> std::hex >> flags >> std::dec >> references >> use >> metric >>
            mask;
        const bool isDefault = destination == "00000000" && mask == "00000000" && (flags & routeIsUp) != 0;
        if (fields && isDefault && metric < bestMetric) {
            best = name;
            bestMetric = metric;
        }
    }
    return best;
}

BackendChooser::BackendChooser(sdbus::IConnection& bus, std::filesystem::path root, std::function<void()> changed)
    : root_(std::move(root)), changed_(std::move(changed)),
      networkdProxy_(
          sdbus::createProxy(bus, ServiceName{networkdName}, sdbus::ObjectPath{"/org/freedesktop/network1"})),
      networkManagerBus_(bus), networkd_(bus, networkdName, [this](bool) { onName(); }),
      networkManager_(bus, networkManagerName, [this](bool) { onName(); }) {}

bool BackendChooser::runs(Backend backend) const {
    switch (backend) {
    case Backend::none:
        return false;
    case Backend::networkd:
        return networkd_.owned().value_or(false);
    case Backend::networkManager:
        return networkManager_.owned().value_or(false);
    }
    return false;
}

void BackendChooser::choose(BackendChoice wanted, std::function<void(Backend)> answer) {
    wanted_ = wanted;
    answer_ = std::move(answer);
    soon_ = callSoon([this] { decide(); });
}

void BackendChooser::onName() {
    if (!known())
        return;
    decide();
    changed_();
}

void BackendChooser::decide() {
    if (!answer_ || asking_ || !known())
        return;
    if (wanted_ == BackendChoice::networkd)
        return answer(Backend::networkd);
    if (wanted_ == BackendChoice::networkManager)
        return answer(Backend::networkManager);
    if (!runs(Backend::networkManager))
        return answer(Backend::networkd);
    if (!runs(Backend::networkd))
        return answer(Backend::networkManager);
    std::string uplink;
    guard("the default route",
          [&] { uplink = defaultRouteInterface(readFileIfExists(root_ / "proc/net/route", maxRoutes).value_or("")); });
    uplink.empty() ? answer(Backend::networkd) : askNetworkd(uplink);
}

void BackendChooser::answer(Backend backend) {
    asking_ = false;
    if (const auto answer = std::exchange(answer_, nullptr))
        answer(backend);
}

void BackendChooser::askNetworkd(const std::string& uplink) {
    asking_ = true;
    networkdProxy_->callMethodAsync("DescribeLink")
        .onInterface("org.freedesktop.network1.Manager")
        .withTimeout(answerTime)
        .withArguments(static_cast<std::int32_t>(::if_nametoindex(uplink.c_str())))
        .uponReplyInvoke([this, uplink](CallError error, const std::string& json) {
            bool has = false;
            guard("networkd", [&] { has = !error && describeLink(json).administrativeState == "configured"; });
            has ? answer(Backend::networkd) : askNetworkManager(uplink);
        });
}

void BackendChooser::askNetworkManager(const std::string& uplink) {
    networkManagerBus_.askManaged(
        uplink, [this](bool managed) { answer(managed ? Backend::networkManager : Backend::networkd); });
}

} // namespace otgnet
