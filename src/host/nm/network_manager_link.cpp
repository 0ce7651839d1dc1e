// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/network_manager_link.hpp"

#include "base/log.hpp"
#include "core/dhcp.hpp"
#include "host/nm/dnsmasq_conf.hpp"
#include "host/nm/machine_forwarding.hpp"
#include "host/nm/manager_files.hpp"

#include <utility>

namespace otgnet::nm {

namespace {

constexpr std::uint64_t deactivationUsec = 5'000'000;

/// A step that is done when it returns.
AsyncStep atOnce(std::function<void()> call) {
    return [call = std::move(call)](const Done& next) {
        call();
        next(nullptr);
    };
}

/// For the way back: what cannot be taken away must not keep the rest from going.
Done loggedAndOn(const Done& next) {
    return [next](const std::exception_ptr& error) {
        if (error)
            guard("NetworkManager", [&] { std::rethrow_exception(error); });
        next(nullptr);
    };
}

} // namespace

NetworkManagerLink::NetworkManagerLink(LinkListener& listener, std::filesystem::path root)
    : listener_(listener), root_(std::move(root)),
      manager_({[this] { changed(); }, [this](NMDeviceStateReason reason) { activation_.failed(reason); },
                [this](const std::string& path) { removed(path); }}),
      profile_(manager_, root_), activation_(manager_, root_,
                                             {[this] {
                                                  if (leases_)
                                                      leases_->restarted();
                                              },
                                              [this](const std::exception_ptr& cause) { listener_.trouble(cause); }}) {
    manager_.open([](const std::exception_ptr&) {}); // who needs it will say so
}

void NetworkManagerLink::publish(const LinkPlan& wanted, Done done) {
    LinkPlan plan = wanted;
    planWarnings_.clear();
    if (plan.dhcp && plan.network.prefix > smallestServedPrefix) {
        planWarnings_.push_back(plan.dhcp->origins.network.text +
                                ": NetworkManager serves DHCP in a /30 or larger only: the host gets no address");
        plan.dhcp.reset();
    }
    if (plan_ != plan)
        leases_.reset();
    put(plan, [this, done = std::move(done)](const std::exception_ptr& error) {
        inForce_ = !error;
        refused_ = !inForce_;
        if (inForce_)
            follow();
        done(error);
    });
}

/// The profile comes before the order to manage the device: for a device without one NetworkManager makes its own.
void NetworkManagerLink::put(const LinkPlan& plan, Done done) {
    plan_ = plan;
    sequence_.run({[this](const Done& next) { manager_.open(next); }, atOnce([this] {
                       demandManager();
                       manager_.watch(plan_->ifname, plan_->uplink);
                       writeDnsmasq();
                       noteUse(plan_->ifname); // activated while there was no service
                       if (plan_->dhcp)        // shared mode
                           noteForwarding(root_);
                       wanted_ = makeProfile(*plan_, {knowsDhcpKeys(), dnsmasqFingerprint(root_)});
                   }),
                   [this](const Done& next) { profile_.put(wanted_.get(), next); },
                   [this](const Done& next) { putManagedConf(next); },
                   [this](const Done& next) { compareApplied(next); }},
                  std::move(done));
}

void NetworkManagerLink::demandManager() const {
    if (!manager_.running())
        throw Error(ErrorCode::BackendUnavailable, explain(LinkState::absent, plan_->ifname, {}));
    if (!isPlainInterfaceName(plan_->ifname))
        throw Error(ErrorCode::BackendUnavailable,
                    "the interface name " + plan_->ifname.text() +
                        " cannot be written into NetworkManager's configuration: rename the interface");
}

/// Without the file dnsmasq announces us as router and DNS server. Where we are the router anyway, the host is still
/// served in the main; where not, its traffic would go astray.
void NetworkManagerLink::writeDnsmasq() {
    const std::string text = renderDnsmasq();
    try {
        writeDnsmasqConf(root_, text);
    } catch (const Error& e) {
        if (!text.empty() && !plan_->dhcp->router)
            throw Error(e.code(), std::string(e.what()) + ": without that file its dnsmasq would make us the host's "
                                                          "router; make it writable, or set otgnet/link/backend to "
                                                          "networkd");
        confWarnings_.push_back(std::string(e.what()) + ": DHCP options are those of NetworkManager");
    }
    tellWarnings();
}

std::string NetworkManagerLink::renderDnsmasq() {
    confWarnings_ = planWarnings_;
    if (!plan_->dhcp)
        return {};
    const auto elsewhere = [this](Ipv4 address) { return isReservedElsewhere(root_, address); };
    DnsmasqConf conf = renderDnsmasqConf(*plan_, {announcedDns(), knowsDhcpKeys(), elsewhere});
    confWarnings_.insert(confWarnings_.end(), conf.warnings.begin(), conf.warnings.end());
    return conf.text;
}

std::vector<Ipv4> NetworkManagerLink::announcedDns() {
    if (!plan_->dhcp->dnsFromUplink)
        return plan_->dhcp->dns;
    lookForDns();
    if (uplinkDns_.empty())
        confWarnings_.push_back(plan_->dhcp->origins.dns.text + ": auto: NetworkManager knows of no DNS server on " +
                                (plan_->uplink ? plan_->uplink->text() : "an uplink") + "; none is announced");
    return uplinkDns_;
}

/// An uplink that is down for a moment, as after a restart of NetworkManager, keeps what it had: a host that asks just
/// then would have no DNS for half of its lease.
void NetworkManagerLink::lookForDns() {
    const bool other = std::exchange(dnsUplink_, plan_->uplink) != plan_->uplink;
    const auto servers = plan_->uplink ? manager_.nameServers(*plan_->uplink) : std::vector<Ipv4>();
    const bool up = plan_->uplink && manager_.device(*plan_->uplink).state == NM_DEVICE_STATE_ACTIVATED;
    if (other || up || !servers.empty())
        uplinkDns_ = servers;
}

/// ipv4.shared-dhcp-range and ipv4.shared-dhcp-lease-time
bool NetworkManagerLink::knowsDhcpKeys() const {
    return manager_.isAtLeast(1, 52);
}

void NetworkManagerLink::putManagedConf(const Done& next) {
    if (!writeManagedConf(root_, plan_->ifname))
        return next(nullptr);
    reload(next);
}

void NetworkManagerLink::reload(const Done& next) {
    constexpr auto configuration = static_cast<guint32>(NM_MANAGER_RELOAD_FLAG_CONF);
    manager_.call(NM_DBUS_PATH, NM_DBUS_INTERFACE, "Reload", g_variant_new("(u)", configuration),
                  "NetworkManager does not reload its configuration", next);
}

/// A predecessor may have been killed before it activated anew what it had changed.
void NetworkManagerLink::compareApplied(const Done& next) {
    renew_ = false;
    const DeviceFacts device = manager_.device(plan_->ifname);
    if (device.profile != profileUuid)
        return next(nullptr);
    manager_.call(device.path, NM_DBUS_INTERFACE_DEVICE, "GetAppliedConnection", g_variant_new("(u)", 0),
                  [this, next](GVariant* reply, const GError*) {
                      const Variant applied(reply ? g_variant_get_child_value(reply, 0) : nullptr);
                      renew_ = applied && !profileHolds(applied.get(), wanted_.get());
                      next(nullptr);
                  });
}

bool NetworkManagerLink::isActive(const IfName& ifname) const {
    return manager_.device(ifname).profile == profileUuid;
}

void NetworkManagerLink::noteUse(const std::optional<IfName>& ifname) const {
    if (ifname && isActive(*ifname))
        guard("ip_forward", [this] { noteActivation(root_); });
}

/// From here on the life of the connection is followed; what was made of the profile before is made anew.
void NetworkManagerLink::follow() {
    tellBackend();
    if (!plan_->dhcp)
        listener_.leases({{}, true});
    else if (!leases_)
        leases_.emplace(root_, *plan_, profile_.takeAdded() && !isActive(plan_->ifname), clock_,
                        [this](const LeaseReport& report) { listener_.leases(report); });
    activation_.follow(plan_->ifname, profile_.path(), plan_->dhcp.has_value());
    if (std::exchange(renew_, false))
        activation_.renew();
}

void NetworkManagerLink::settle(Done done) {
    if (!inForce_)
        return sequence_.answer(std::move(done), unavailable("nothing is published with NetworkManager", nullptr));
    activation_.settle([this, done = std::move(done)](const std::exception_ptr& error) {
        sequence_.answer(done, error); // may be settled already
    });
}

void NetworkManagerLink::withdraw(Done done) {
    inForce_ = false;
    told_.clear();
    activation_.stop();
    leases_.reset();
    confWarnings_.clear();
    tellWarnings();
    sequence_.run({[this](const Done& next) { manager_.open(loggedAndOn(next)); }, atOnce([this] {
                       withdrawn_ = plan_ ? std::optional(plan_->ifname) : managedInterface(root_);
                       noteUse(withdrawn_);
                   }),
                   [this](const Done& next) { profile_.remove(loggedAndOn(next)); },
                   [this](const Done& next) { awaitDeactivation(next); },
                   [this](const Done& next) { takeHandsOff(loggedAndOn(next)); },
                   [this](const Done& next) { removeFiles(loggedAndOn(next)); },
                   [this](const Done& next) { endOrphan(loggedAndOn(next)); }, atOnce([this] {
                       unheard_ = manager_.deaf();
                       guard("ip_forward", [this] { giveForwardingBack(root_, withdrawn_); });
                   })},
                  std::move(done));
}

/// Usually the device has gone with the gadget. Where it stays, it is not let go of before its address is off.
void NetworkManagerLink::awaitDeactivation(const Done& next) {
    if (withdrawn_)
        manager_.watch(*withdrawn_, std::nullopt);
    const auto proceed = [this, next] {
        deactivation_.reset();
        deactivated_ = nullptr;
        next(nullptr);
    };
    deactivated_ = proceed;
    deactivation_ = callAt(bootNow() + deactivationUsec, proceed);
    checkDeactivation();
}

void NetworkManagerLink::checkDeactivation() {
    const DeviceFacts device = withdrawn_ ? manager_.device(*withdrawn_) : DeviceFacts();
    if (deactivated_ && device.state <= NM_DEVICE_STATE_DISCONNECTED)
        std::exchange(deactivated_, nullptr)();
}

void NetworkManagerLink::takeHandsOff(const Done& next) {
    const DeviceFacts device = withdrawn_ ? manager_.device(*withdrawn_) : DeviceFacts();
    if (device.path.empty())
        return next(nullptr);
    manager_.setManaged(device, false, next);
}

void NetworkManagerLink::removeFiles(const Done& next) {
    try {
        writeDnsmasqConf(root_, {});
    } catch (const Error& e) {
        log::warning(e.what()); // it concerns our interface alone
    }
    if (!removeManagedConf(root_) || !manager_.running())
        return next(nullptr);
    reload(next);
}

void NetworkManagerLink::endOrphan(const Done& next) {
    if (!withdrawn_ || !orphan_.end(root_, *withdrawn_, [next] { next(nullptr); }))
        next(nullptr);
}

/// It listens again, and still has what the files no longer hold.
void NetworkManagerLink::withdrawLate() {
    sequence_.run({[this](const Done& next) { profile_.remove(loggedAndOn(next)); },
                   [this](const Done& next) { reload(loggedAndOn(next)); }},
                  [](const std::exception_ptr&) {});
}

void NetworkManagerLink::changed() {
    const bool running = manager_.running();
    const bool came = running && !running_;
    running_ = running;
    tellBackend();
    checkDeactivation();
    if (plan_)
        noteUse(plan_->ifname);
    if (came && std::exchange(unheard_, false) && !inForce_)
        withdrawLate();
    if (came && std::exchange(refused_, false))
        listener_.trouble(nullptr);
    if (!inForce_)
        return;
    if (!running)
        return activation_.pause();
    if (came || dnsHasChanged())
        catchUp();
    activation_.look();
}

/// An uplink that goes down for a moment is no reason to make the link anew.
bool NetworkManagerLink::dnsHasChanged() const {
    if (!plan_->dhcp || !plan_->dhcp->dnsFromUplink || !plan_->uplink)
        return false;
    const auto servers = manager_.nameServers(*plan_->uplink);
    return !servers.empty() && servers != uplinkDns_;
}

void NetworkManagerLink::removed(const std::string& path) {
    if (inForce_ && path == profile_.path())
        catchUp();
}

/// Where NetworkManager has gone again, it is done once more when that is back.
void NetworkManagerLink::catchUp() {
    put(*plan_, [this](const std::exception_ptr& error) {
        if (!inForce_ || !manager_.running())
            return;
        error ? listener_.trouble(error) : follow();
    });
}

void NetworkManagerLink::tellBackend() {
    const std::string name = running_ ? "networkmanager" : "";
    if (std::exchange(told_, name) != name)
        listener_.backend(name);
}

void NetworkManagerLink::tellWarnings() {
    if (std::exchange(toldWarnings_, confWarnings_) != confWarnings_)
        listener_.warnings(confWarnings_);
}

} // namespace otgnet::nm
