// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Waiting for network interfaces to come, go and change.
#pragma once

#include "base/fd.hpp"
#include "guest/service.hpp"

#include <functional>
#include <string>

namespace otgnet::guest {

/// The calling thread is in this network namespace as long as the object lives.
class InNetwork {
public:
    explicit InNetwork(int network); ///< -1: where we are
    ~InNetwork();
    InNetwork(const InNetwork&) = delete;
    InNetwork& operator=(const InNetwork&) = delete;

private:
    Fd home_;
};

class LinkEvents {
public:
    explicit LinkEvents(int network = -1); ///< a namespace, -1: ours
    /// Asks now and after every change of any link. Throws TimedOut.
    void until(const std::string& what, const std::function<bool()>& condition,
               std::chrono::milliseconds time = patience);
    bool hasCarrier(const std::string& interface) const;

    int fd() const { return events_.get(); } ///< readable when something has changed
    /// Reads what there is. Whether it says that this link has carrier, "" for none.
    bool drain(const std::string& interface = "") const;

private:
    Fd events_;
    Fd query_;
};

} // namespace otgnet::guest
