// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The methods of BusFace.
#include "base/text.hpp"
#include "bus/actions.hpp"
#include "bus/bus_face.hpp"
#include "bus/pending_reply.hpp"
#include "bus/settings_wire.hpp"
#include "bus/wall.hpp"
#include "core/schema.hpp"

#include <algorithm>
#include <iterator>

namespace otgnet {

namespace {

/// Runs the function; what it throws is the answer.
void orFail(const PendingReply& reply, const std::function<void()>& function) {
    try {
        function();
    } catch (...) {
        reply.finish(std::current_exception());
    }
}

/// What polkit's rules get to see of a change (all keys, CallLimit bounds them), and the person before the dialog.
std::map<std::string, std::string> describe(const std::vector<std::string>& keys, bool persist) {
    constexpr std::size_t maxSummary = 256; // more does not fit into a dialog
    std::string text;
    for (const std::string& key : keys)
        text += (text.empty() ? "" : " ") + key;
    if (text.empty())
        text = "all";
    const std::string summary = text.size() > maxSummary ? std::to_string(keys.size()) + " keys" : text;
    return {{"keys", text}, {"summary", summary}, {"persist", persist ? "true" : "false"}};
}

} // namespace

void BusFace::guarded(const char* method, sdbus::Result<>&& result, Details details, std::function<void(Done)> verb) {
    const PendingReply reply(std::move(result));
    orFail(reply, [&] {
        const auto& message = currentMessage(getObject());
        details.emplace("method", method);
        authority_.authorize(
            {message.getSender(), std::string(actionOf(method)), std::move(details), allowsInteraction(message)},
            [reply, verb = std::move(verb)](const std::exception_ptr& refusal) {
                if (refusal)
                    return reply.finish(refusal);
                orFail(reply, [&] { verb([reply](const std::exception_ptr& failure) { reply.finish(failure); }); });
            });
    });
}

void BusFace::Enable(sdbus::Result<>&& result) {
    guarded("Enable", std::move(result), {}, [this](Done done) { intents_->enable(std::move(done)); });
}

void BusFace::Disable(sdbus::Result<>&& result) {
    guarded("Disable", std::move(result), {}, [this](Done done) { intents_->disable(std::move(done)); });
}

void BusFace::Replug(sdbus::Result<>&& result) {
    guarded("Replug", std::move(result), {}, [this](Done done) { intents_->replug(std::move(done)); });
}

void BusFace::Reload(sdbus::Result<>&& result) {
    guarded("Reload", std::move(result), {}, [this](Done done) { intents_->reload(std::move(done)); });
}

void BusFace::SetConfig(sdbus::Result<>&& result, std::map<std::string, sdbus::Variant> changes, bool persist) {
    walled([&] {
        Settings settings = settingsFromWire(changes);
        std::vector<std::string> keys;
        std::transform(settings.begin(), settings.end(), std::back_inserter(keys),
                       [](const auto& s) { return s.first; });
        guarded("SetConfig", std::move(result), describe(keys, persist),
                [this, settings = std::move(settings), persist](Done done) {
                    intents_->setConfig(settings, persist, std::move(done));
                });
    });
}

void BusFace::ResetConfig(sdbus::Result<>&& result, std::vector<std::string> keys, bool persist) {
    walled([&] {
        checkKeys(keys);
        Details details = describe(keys, persist);
        guarded("ResetConfig", std::move(result), std::move(details),
                [this, keys = std::move(keys), persist](Done done) {
                    intents_->resetConfig(keys, persist, std::move(done));
                });
    });
}

std::map<std::string, sdbus::Variant> BusFace::GetConfig() {
    return walled([&] { return settingsToWire(intents_->config().settings); });
}

std::map<std::string, std::string> BusFace::GetConfigOrigins() {
    return walled([&] {
        std::map<std::string, std::string> origins;
        for (const auto& [key, origin] : intents_->config().origins)
            origins.emplace(printable(key), printable(origin));
        return origins;
    });
}

std::map<std::string, std::vector<std::string>> BusFace::GetChoices() {
    std::map<std::string, std::vector<std::string>> choices;
    for (const Key& key : allKeys())
        if (!key.choices.empty())
            choices.emplace(key.path, key.choices);
    return choices;
}

} // namespace otgnet
