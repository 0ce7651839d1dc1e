// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/stored_profile.hpp"

#include "host/nm/manager_files.hpp"
#include "host/nm/profile.hpp"

#include <utility>

namespace otgnet::nm {

namespace {

constexpr const char* settingsPath = NM_DBUS_PATH_SETTINGS;
constexpr const char* settingsInterface = NM_DBUS_INTERFACE_SETTINGS;
constexpr const char* connectionInterface = NM_DBUS_INTERFACE_SETTINGS_CONNECTION;
constexpr const char* noSuchConnection = "org.freedesktop.NetworkManager.Settings.InvalidConnection";
constexpr const char* refusal = "NetworkManager refuses the connection otgnet";

/// "" where the reply is not as documented.
std::string pathIn(GVariant* reply) {
    const Variant path(g_variant_n_children(reply) > 0 ? g_variant_get_child_value(reply, 0) : nullptr);
    const bool isPath = path && g_variant_is_of_type(path.get(), G_VARIANT_TYPE_OBJECT_PATH) != FALSE;
    return isPath ? g_variant_get_string(path.get(), nullptr) : "";
}

bool saysThereIsNone(const GError* error) {
    if (error == nullptr)
        return false;
    const std::unique_ptr<char, decltype(&g_free)> name(g_dbus_error_get_remote_error(error), g_free);
    return name && std::string_view(name.get()) == noSuchConnection;
}

} // namespace

StoredProfile::StoredProfile(Manager& manager, std::filesystem::path root)
    : manager_(manager), root_(std::move(root)) {}

void StoredProfile::put(GVariant* wanted, const Done& done) {
    wanted_.reset(g_variant_ref(wanted));
    find([this, done](const std::exception_ptr& error) {
        if (error)
            return done(error);
        path_.empty() ? add(done) : compare(done);
    });
}

void StoredProfile::find(const Done& done) {
    path_.clear();
    manager_.call(settingsPath, settingsInterface, "GetConnectionByUuid", g_variant_new("(s)", profileUuid),
                  [this, done](GVariant* reply, const GError* error) {
                      if (reply != nullptr)
                          path_ = pathIn(reply);
                      const bool known = !path_.empty() || saysThereIsNone(error);
                      done(known ? nullptr
                                 : unavailable("NetworkManager does not look for the connection otgnet", error));
                  });
}

void StoredProfile::add(const Done& done) {
    manager_.call(settingsPath, settingsInterface, "AddConnection2", arguments(),
                  [this, done](GVariant* reply, const GError* error) {
                      if (reply != nullptr)
                          path_ = pathIn(reply);
                      added_ = !path_.empty();
                      done(added_ ? nullptr : unavailable(refusal, error));
                  });
}

void StoredProfile::compare(const Done& done) {
    manager_.call(path_, connectionInterface, "GetSettings", nullptr, [this, done](GVariant* reply, const GError*) {
        const Variant standing(reply ? g_variant_get_child_value(reply, 0) : nullptr);
        if (standing && profileHolds(standing.get(), wanted_.get()))
            return done(nullptr);
        manager_.call(path_, connectionInterface, "Update2", arguments(), refusal, done);
    });
}

/// Of AddConnection2 and of Update2 alike.
GVariant* StoredProfile::arguments() const {
    constexpr auto inMemory = static_cast<guint32>(NM_SETTINGS_ADD_CONNECTION2_FLAG_IN_MEMORY);
    static_assert(inMemory == static_cast<guint32>(NM_SETTINGS_UPDATE2_FLAG_IN_MEMORY));
    return g_variant_new("(@a{sa{sv}}u@a{sv})", wanted_.get(), inMemory,
                         g_variant_new_array(G_VARIANT_TYPE("{sv}"), nullptr, 0));
}

bool StoredProfile::takeAdded() {
    return std::exchange(added_, false);
}

void StoredProfile::remove(const Done& done) {
    added_ = false;
    if (!manager_.running())
        return removeFiles(nullptr, done);
    find([this, done](const std::exception_ptr& error) {
        if (error)
            return removeFiles(error, done);
        if (path_.empty())
            return done(nullptr);
        manager_.call(path_, connectionInterface, "Delete", nullptr, "NetworkManager keeps the connection otgnet",
                      [this, done](const std::exception_ptr& kept) { kept ? removeFiles(kept, done) : done(nullptr); });
    });
}

void StoredProfile::removeFiles(const std::exception_ptr& error, const Done& done) const {
    guard("NetworkManager", [this] { removeProfileFiles(root_); });
    done(error);
}

} // namespace otgnet::nm
