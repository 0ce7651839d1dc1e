// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Our connection among those that NetworkManager has. It is asked itself, not libnm's cache, which lags behind what we
/// have just done.
#pragma once

#include "host/nm/manager.hpp"

#include <filesystem>

namespace otgnet::nm {

class StoredProfile {
public:
    StoredProfile(Manager& manager, std::filesystem::path root);

    /// Sees to it that it holds `wanted`. BackendUnavailable.
    void put(GVariant* wanted, const Done& done);
    /// Deletes it; gone is fine. Where NetworkManager cannot be told so, it will not find it when it starts again.
    void remove(const Done& done);
    /// Object path after put().
    const std::string& path() const { return path_; }
    /// Whether put() had to add it since this was asked last: so long no dnsmasq has been started for it.
    bool takeAdded();

private:
    void find(const Done& done);
    void add(const Done& done);
    void compare(const Done& done);
    GVariant* arguments() const;
    void removeFiles(const std::exception_ptr& error, const Done& done) const;

    Manager& manager_;
    std::filesystem::path root_;
    Variant wanted_;
    std::string path_; ///< "" = there is none
    bool added_ = false;
};

} // namespace otgnet::nm
