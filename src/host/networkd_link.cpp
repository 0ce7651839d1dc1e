// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/networkd_link.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "host/networkd_profile.hpp"

#include <algorithm>
#include <array>

namespace otgnet {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds publishTime{20};  ///< for starting networkd and making it read the profile
constexpr std::chrono::seconds settleTime{10};   ///< for it to see the link and to configure it
constexpr std::chrono::seconds withdrawTime{10}; ///< for it to read that the profile is gone
constexpr std::chrono::seconds leaveTime{3};     ///< for either, where another manager is in charge
constexpr std::chrono::seconds doubtTime{2};     ///< for a Reload of somebody's to end
constexpr std::chrono::milliseconds reloadRetry{100};
constexpr std::size_t maxSnapshots = 64; ///< a host that floods loses what lies between

constexpr const char* alreadyReloading = "org.freedesktop.network1.AlreadyReloading";

std::uint64_t after(std::chrono::microseconds time) {
    return bootNow() + static_cast<std::uint64_t>(time.count());
}

std::exception_ptr failure(const std::string& text) {
    return std::make_exception_ptr(Error(ErrorCode::BackendUnavailable, text));
}

/// The peer died before it could answer; NameOwnerChanged says the rest.
bool isGone(const BusFailure& failure) {
    static constexpr std::array names{"org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.ServiceUnknown",
                                      "org.freedesktop.DBus.Error.NameHasNoOwner",
                                      "org.freedesktop.DBus.Error.Disconnected"};
    return std::find(names.begin(), names.end(), failure.name) != names.end();
}

} // namespace

NetworkdLink::NetworkdLink(sdbus::IConnection& bus, LinkListener& listener, fs::path profile)
    : listener_(listener), profile_(std::move(profile)), networkd_(bus, *this) {}

void NetworkdLink::publish(const LinkPlan& plan, Done done) {
    begin(Stage::starting, publishTime, std::move(done), [this, plan] {
        const NetworkdProfile profile = networkdProfile(plan);
        plan_ = plan;
        text_ = profile.text;
        cured_ = false;
        networkd_.follow(plan.ifname);
        listener_.warnings(profile.warnings);
        if (storeProfile())
            stale_ = true;
        if (networkd_.running())
            handOver();
    });
}

void NetworkdLink::settle(Done done) {
    begin(Stage::settling, settleTime, std::move(done), [this] {
        cured_ = false;
        networkd_.readState();
    });
}

void NetworkdLink::withdraw(Done done) {
    const bool leftAlone = text_ && !plan_;
    begin(Stage::withdrawing, leftAlone ? leaveTime : withdrawTime, std::move(done), [this] {
        text_.reset();
        removeFile(profile_, ErrorCode::BackendUnavailable);
        forget();
        stale_ = true;
        if (networkd_.running())
            handOver();
    });
}

void NetworkdLink::leaveAlone(const IfName& ifname, Done done) {
    begin(Stage::leaving, leaveTime, std::move(done), [this, ifname] {
        text_ = networkdHandsOff(ifname);
        forget();
        if (storeProfile())
            stale_ = true;
        if (networkd_.running())
            handOver();
    });
}

void NetworkdLink::forget() {
    plan_.reset();
    networkd_.unfollow();
    snapshots_.clear();
    hostnames_.clear();
    ++generation_;
    fresh_ = true;
    tellBackend("");
}

void NetworkdLink::begin(Stage stage, std::chrono::seconds time, Done done, std::function<void()> work) {
    touched_ = true;
    foreignFile_.clear();
    stands_ = false;
    doubt_.reset();
    if (stage != Stage::settling)
        ++reloads_; // an answer to an earlier question is not for this verb
    stage_ = stage;
    done_ = std::move(done);
    timeout_ = callAt(after(time), [this] { onTimeout(); });
    work_ = callSoon([this, work = std::move(work)] {
        try {
            work();
        } catch (const Error&) {
            finish(std::current_exception());
        } catch (const std::exception& e) {
            fail(e.what());
        }
    });
}

void NetworkdLink::finish(std::exception_ptr error) {
    stage_ = Stage::idle;
    timeout_.reset();
    retry_.reset();
    if (const Done done = std::exchange(done_, nullptr))
        done(std::move(error));
}

void NetworkdLink::fail(const std::string& text) {
    finish(failure(text));
}

/// Why the link is not as our profile wants it.
std::string NetworkdLink::taken() const {
    const std::string name = plan_->ifname.text();
    if (foreignFile_.empty())
        return "systemd-networkd was told to leave " + name + " alone: see networkctl status " + name;
    return foreignFile_ + " takes " + name + " from us: exclude the interface there (Name=!" + name +
           " ...) or give the file a number above 10";
}

void NetworkdLink::onTimeout() {
    if (stage_ == Stage::settling && !foreignFile_.empty())
        return fail(taken());
    const std::string what =
        stage_ == Stage::settling
            ? "did not configure the link in time (it is '" + state_ + "')"
            : std::string(networkd_.running().value_or(false) ? "does not answer" : "does not start");
    fail("systemd-networkd " + what + ": see journalctl -u systemd-networkd");
}

/// False: the file was like this already. A rewrite costs all leases on networkd 252.
bool NetworkdLink::storeProfile() {
    if (readFileIfExists(profile_) == text_)
        return false;
    writeFileAtomic(profile_, *text_, 0644, ErrorCode::BackendUnavailable);
    return true;
}

/// The files are as they shall be, and we know whether somebody is there to read them.
void NetworkdLink::handOver() {
    if (networkd_.running().value_or(false)) {
        tellBackend(plan_ ? "networkd" : "");
        return reload();
    }
    if (stage_ != Stage::starting)
        return finish(nullptr); // it finds everything as it shall be when it starts
    startNetworkd();
}

void NetworkdLink::startNetworkd() {
    networkd_.startUnit([this](const std::optional<BusFailure>& failure) {
        if (failure && stage_ == Stage::starting && !networkd_.running().value_or(false))
            fail("systemd-networkd does not run and cannot be started (" + failure->text +
                 "): install or unmask systemd-networkd.service, or set otgnet/link/backend to networkmanager");
    });
}

void NetworkdLink::reload() {
    if (stage_ == Stage::starting)
        stage_ = Stage::reloading;
    if (!stale_)
        return onReloaded(std::nullopt);
    fresh_ = true;
    networkd_.reload([this, asked = ++reloads_](const std::optional<BusFailure>& failure) {
        if (asked == reloads_) // an earlier one has read what was there before
            onReloaded(failure);
    });
}

void NetworkdLink::onReloaded(const std::optional<BusFailure>& failure) {
    if (failure && failure->name == alreadyReloading) { // somebody else's; its end is not signalled
        retry_ = callAt(after(reloadRetry), [this] { reload(); });
        return;
    }
    if (failure && isGone(*failure))
        return;
    const bool asked = stage_ != Stage::idle && stage_ != Stage::settling;
    if (failure && asked)
        return fail("systemd-networkd refused to read its files: " + failure->text);
    if (failure)
        return log::warning("systemd-networkd refused to read its files: " + failure->text);
    stale_ = false;
    if (plan_)
        networkd_.readState();
    if (asked)
        finish(nullptr);
}

void NetworkdLink::onRunning(bool running) {
    state_.clear();
    fresh_ = true;
    cured_ = false;
    stale_ = true; // it may have read the files just before ours changed
    if (text_ && running)
        storeProfile();
    tellBackend(plan_ && running ? "networkd" : "");
    if (stage_ == Stage::reloading)
        stage_ = Stage::starting; // it died over it, or is just being restarted
    if (stage_ != Stage::idle && stage_ != Stage::settling)
        return handOver();
    if (touched_ && running)
        reload();
}

void NetworkdLink::onState(const std::string& state) {
    if (!plan_)
        return;
    state_ = state;
    doubt_.reset();
    if (state == "configured")
        return onConfigured();
    fresh_ = true;
    doubt();
    if (state == "failed")
        cure();
}

void NetworkdLink::onConfigured() {
    cured_ = false;
    checkProfile([this](bool ours) { ours ? settled() : doubt(); });
    networkd_.readLeases();
}

/// Whether the link is where we want it.
void NetworkdLink::checkProfile(std::function<void(bool ours)> answer) {
    if (stage_ != Stage::settling && !stands_)
        return;
    networkd_.describe([this, answer = std::move(answer)](const auto& description) {
        if (!description || (stage_ != Stage::settling && !stands_))
            return;
        const bool ours = description->networkFile.empty() || description->networkFile == profile_;
        foreignFile_ = ours ? "" : description->networkFile;
        answer(ours && state_ != "unmanaged");
    });
}

void NetworkdLink::settled() {
    if (stage_ != Stage::settling || state_ != "configured")
        return;
    stands_ = true;
    finish(nullptr);
}

/// Looks again later: the file of somebody else may be the one that a Reload under way is about to replace, and who
/// settles may take some time. His time-out wants to know whose file it is.
void NetworkdLink::doubt() {
    doubt_ = callAt(after(doubtTime), [this] {
        checkProfile([this](bool ours) {
            if (!ours && stands_)
                listener_.trouble(failure(taken()));
        });
    });
}

void NetworkdLink::cure() {
    if (cured_) {
        const std::string text =
            "systemd-networkd failed to configure " + plan_->ifname.text() + ": see journalctl -u systemd-networkd";
        if (stage_ == Stage::settling)
            fail(text);
        else if (stands_)
            listener_.trouble(failure(text));
        return;
    }
    cured_ = true;
    log::warning("systemd-networkd failed to configure " + plan_->ifname.text() + ", trying once more");
    networkd_.reconfigure([this](const std::optional<BusFailure>& failure) {
        if (failure && stage_ == Stage::settling && !isGone(*failure))
            fail("systemd-networkd refused to configure the link: " + failure->text);
    });
}

void NetworkdLink::onLeases(const std::vector<BusLease>& raw) {
    if (!plan_)
        return;
    const bool nameless = raw.empty() && snapshots_.empty();
    if (snapshots_.size() >= maxSnapshots)
        snapshots_.pop_back();
    else if (!nameless)
        networkd_.describe([this, generation = generation_](const auto& description) {
            if (generation == generation_)
                report(description.value_or(LinkDescription{}));
        });
    snapshots_.push_back({leasesFromBus(raw, bootNow()), fresh_});
    fresh_ = fresh_ && state_ != "configured"; // 252 sends an empty list while it configures
    if (nameless)
        report({});
}

/// Answers come in the order of the questions, so the description belongs to the oldest snapshot.
void NetworkdLink::report(const LinkDescription& description) {
    if (snapshots_.empty())
        return;
    LeaseReport report{std::move(snapshots_.front().leases), snapshots_.front().fresh};
    snapshots_.pop_front();
    std::map<LeaseClient, std::string> known;
    for (auto& lease : report.leases) {
        const LeaseClient key{lease.address, lease.mac};
        const auto described = description.hostnames.find(key);
        const auto remembered = hostnames_.find(key);
        if (described != description.hostnames.end())
            lease.hostname = described->second;
        else if (remembered != hostnames_.end()) // given back again before we could ask
            lease.hostname = remembered->second;
        known.emplace(key, lease.hostname);
    }
    hostnames_ = std::move(known);
    listener_.leases(report);
}

void NetworkdLink::tellBackend(const std::string& name) {
    if (std::exchange(backend_, name) != name)
        listener_.backend(name);
}

} // namespace otgnet
