// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Writes down for the administrator what the bus is told, and lets systemd know the state in a word.
#pragma once

#include "base/loop.hpp"
#include "core/intents.hpp"

namespace otgnet {

class Journal final : public Face {
public:
    /// systemd hears of the state so much later, and only of the last: it tells the whole bus, and would do so in the
    /// way of our own signals.
    static constexpr std::uint64_t statusDelayUsec = 200'000;

    /// `next` hears everything before it is written down; it outlives this.
    explicit Journal(Face& next) : next_(next) {}
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal() override { noteStates(); }

    void show(const Status& status) override;
    void hostAttached(const std::string& udc, const std::string& speed) override;
    void hostDetached(const std::string& udc, const std::string& reason) override;
    void leaseAdded(const LeaseRow& lease) override;
    void leaseChanged(const LeaseRow& lease) override;
    void leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) override;

private:
    void noteLater(State state);
    void noteStates();
    void tellSystemd();

    Face& next_;
    State state_ = State::disabled;
    LastError lastError_;
    std::vector<std::string> warnings_;
    bool first_ = true;
    std::vector<State> states_; ///< that have not been noted yet
    Source later_;
    Source systemd_;
};

} // namespace otgnet
