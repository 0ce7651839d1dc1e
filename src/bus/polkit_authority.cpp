// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/polkit_authority.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace otgnet {

namespace {

/// A person looks for the password, is called away, comes back.
constexpr std::chrono::hours interactiveTimeout{1};

constexpr std::uint32_t root = 0;
constexpr std::uint32_t allowUserInteraction = 1;
constexpr const char* authorityInterface = "org.freedesktop.PolicyKit1.Authority";

using Subject = sdbus::Struct<std::string, std::map<std::string, sdbus::Variant>>;
using Verdict = sdbus::Struct<bool, bool, std::map<std::string, std::string>>;

std::exception_ptr refusal(ErrorCode code, const std::string& text) {
    return std::make_exception_ptr(Error(code, text));
}

Error tooMany() {
    return {ErrorCode::Busy, "too many calls wait for authorization already; try again when they are through"};
}

std::exception_ptr challenged(const Question& question) {
    const char* hint = question.interactive
                           ? ": no authentication agent runs for the caller (pkttyagent is one for terminals)"
                           : ": the caller must allow interactive authorization";
    return refusal(ErrorCode::InteractionRequired,
                   "polkit wants a person to authenticate for " + question.action + hint);
}

} // namespace

struct PolkitAuthority::Pending {
    Question question;
    Answer answer;
    std::optional<std::uint32_t> uid;
    std::string cancellationId; ///< "" until polkit is asked
    sdbus::PendingAsyncCall call;
    BusSlot leaving; ///< the match for the end of the caller, once polkit is asked
};

PolkitAuthority::PolkitAuthority(sdbus::IConnection& bus, std::chrono::milliseconds patience)
    : patience_(patience), bus_(rawBus(bus)),
      driver_(sdbus::createProxy(bus, ServiceName{"org.freedesktop.DBus"}, sdbus::ObjectPath{"/org/freedesktop/DBus"})),
      polkit_(sdbus::createProxy(bus, ServiceName{"org.freedesktop.PolicyKit1"},
                                 sdbus::ObjectPath{"/org/freedesktop/PolicyKit1/Authority"})) {}

PolkitAuthority::~PolkitAuthority() = default;

void PolkitAuthority::authorize(Question question, Answer answer) {
    if (!root_.empty() && question.caller == root_)
        return answer(nullptr);
    const auto ofCaller = std::count_if(pending_.begin(), pending_.end(), [&](const Pending& pending) {
        return pending.question.caller == question.caller;
    });
    if (std::cmp_greater_equal(ofCaller, maxPendingOfUser))
        throw tooMany();
    const auto pending =
        pending_.insert(pending_.end(), Pending{std::move(question), std::move(answer), {}, {}, {}, {}});
    try {
        pending->call = driver_->callMethodAsync("GetConnectionUnixUser")
                            .onInterface("org.freedesktop.DBus")
                            .withTimeout(patience_)
                            .withArguments(pending->question.caller)
                            .uponReplyInvoke([this, pending](CallError error, std::uint32_t uid) {
                                guard("GetConnectionUnixUser", [&] { onUser(pending, error, uid); });
                            });
    } catch (...) {
        pending_.erase(pending);
        throw;
    }
}

void PolkitAuthority::onUser(Iterator pending, CallError error, std::uint32_t uid) {
    if (error)
        finish(pending, refusal(ErrorCode::NotAuthorized, "the caller is unknown: " + error->getMessage()));
    else if (uid == root)
        passRoot(pending);
    else if (isCrowded(uid))
        finish(pending, std::make_exception_ptr(tooMany()));
    else
        askPolkit(pending, uid);
}

void PolkitAuthority::passRoot(Iterator pending) {
    root_ = pending->question.caller;
    finish(pending, nullptr);
}

bool PolkitAuthority::isCrowded(std::uint32_t uid) const {
    const auto asked = [](const Pending& pending) { return pending.uid.has_value(); };
    const auto ofUser = [uid](const Pending& pending) { return pending.uid == uid; };
    return std::cmp_greater_equal(std::count_if(pending_.begin(), pending_.end(), asked), maxPending) ||
           std::cmp_greater_equal(std::count_if(pending_.begin(), pending_.end(), ofUser), maxPendingOfUser);
}

void PolkitAuthority::askPolkit(Iterator pending, std::uint32_t uid) {
    pending->uid = uid;
    const Question& question = pending->question;
    const Subject subject{"system-bus-name", {{"name", sdbus::Variant{question.caller}}}};
    const std::string cancellationId = "otgnet-" + std::to_string(++lastNumber_);
    try {
        pending->leaving = watchCaller(question.caller);
        pending->call = polkit_->callMethodAsync("CheckAuthorization")
                            .onInterface(authorityInterface)
                            .withTimeout(question.interactive ? interactiveTimeout : patience_)
                            .withArguments(subject, question.action, question.details,
                                           question.interactive ? allowUserInteraction : 0U, cancellationId)
                            .uponReplyInvoke([this, pending](CallError error, const Verdict& verdict) {
                                guard("CheckAuthorization",
                                      [&] { onPolkit(pending, error, std::get<0>(verdict), std::get<1>(verdict)); });
                            });
        pending->cancellationId = cancellationId;
    } catch (const std::exception& e) {
        finish(pending, refusal(ErrorCode::NotAuthorized, std::string("polkit cannot be asked: ") + e.what()));
    }
}

/// Only while a question waits, and for the one who asked: nobody else who leaves the bus wakes us. The bus takes it in
/// before it passes the question on, and polkit refuses one whose caller has left already.
BusSlot PolkitAuthority::watchCaller(const std::string& caller) {
    const std::string rule = "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
                             "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" +
                             caller + "',arg2=''";
    const auto left = [](sd_bus_message* message, void* self, sd_bus_error*) {
        guard("NameOwnerChanged", [&] {
            const char* name = "";
            if (sd_bus_message_read(message, "s", &name) > 0)
                static_cast<PolkitAuthority*>(self)->onLeft(name);
        });
        return 0;
    };
    const auto added = [](sd_bus_message* reply, void*, sd_bus_error*) {
        if (const sd_bus_error* error = sd_bus_message_get_error(reply))
            log::warning(std::string("cannot watch a caller on the bus: ") + error->message);
        return 0; // without a handler of ours sd-bus would close the connection
    };
    sd_bus_slot* slot = nullptr;
    const int result = sd_bus_add_match_async(bus_, &slot, rule.c_str(), left, added, this);
    if (result < 0)
        throw systemError(ErrorCode::Failed, "cannot watch a caller on the bus", -result);
    return BusSlot(slot);
}

void PolkitAuthority::onPolkit(Iterator pending, CallError error, bool authorized, bool challenge) {
    if (error) {
        if (error->getName() == SD_BUS_ERROR_NO_REPLY) // it may just be slower than our patience
            cancel(*pending);
        finish(pending, refusal(ErrorCode::NotAuthorized,
                                "polkit has no answer for " + pending->question.action + ": " + error->getMessage()));
    } else if (authorized) {
        finish(pending, nullptr);
    } else if (challenge) {
        finish(pending, challenged(pending->question));
    } else {
        finish(pending, refusal(ErrorCode::NotAuthorized, "polkit refused " + pending->question.action));
    }
}

void PolkitAuthority::onLeft(const std::string& name) {
    for (auto next = pending_.begin(); next != pending_.end();) {
        const auto pending = next++;
        if (pending->question.caller != name)
            continue;
        pending->call.cancel();
        cancel(*pending);
        finish(pending, refusal(ErrorCode::NotAuthorized, "the caller has left the bus"));
    }
}

/// Takes the dialog off the person's screen.
void PolkitAuthority::cancel(const Pending& pending) {
    if (pending.cancellationId.empty())
        return;
    guard("CancelCheckAuthorization", [&] {
        polkit_->callMethod("CancelCheckAuthorization")
            .onInterface(authorityInterface)
            .withArguments(pending.cancellationId)
            .dontExpectReply();
    });
}

void PolkitAuthority::finish(Iterator pending, std::exception_ptr refusal) {
    const Answer answer = std::move(pending->answer);
    pending_.erase(pending);
    answer(std::move(refusal));
}

} // namespace otgnet
