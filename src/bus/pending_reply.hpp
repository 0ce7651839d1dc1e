// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The answer that a method call still waits for.
#pragma once

#include "base/sdbus.hpp"

#include <exception>
#include <memory>

namespace otgnet {

/// Copies share one answer: the first finish() sends it, later ones do nothing. If the last copy goes away without one
/// the caller gets Failed, so that nobody waits for a time-out. Must not outlive the connection.
class PendingReply {
public:
    explicit PendingReply(sdbus::Result<>&& result);

    /// null: done; else the error to answer with. Never throws: a reply that cannot be sent is logged.
    void finish(const std::exception_ptr& failure) const noexcept;

private:
    struct Call;
    std::shared_ptr<Call> call_;
};

} // namespace otgnet
