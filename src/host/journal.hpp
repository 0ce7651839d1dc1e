// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Writes down for the administrator what the bus is told, and lets systemd know the state in a word.
#pragma once

#include "core/intents.hpp"

namespace otgnet {

class Journal final : public Face {
public:
    /// `next` hears everything after it has been written down; it outlives this.
    explicit Journal(Face& next) : next_(next) {}

    void show(const Status& status) override;
    void hostAttached(const std::string& udc, const std::string& speed) override;
    void hostDetached(const std::string& udc, const std::string& reason) override;
    void leaseAdded(const LeaseRow& lease) override;
    void leaseChanged(const LeaseRow& lease) override;
    void leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) override;

private:
    void noteState(const Status& status) const;

    Face& next_;
    State state_ = State::disabled;
    LastError lastError_;
    std::vector<std::string> warnings_;
    bool first_ = true;
};

} // namespace otgnet
