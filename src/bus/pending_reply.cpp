// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/pending_reply.hpp"

#include "base/error.hpp"
#include "base/loop.hpp"
#include "bus/wall.hpp"

#include <optional>

namespace otgnet {

struct PendingReply::Call {
    explicit Call(sdbus::Result<>&& r) : result(std::move(r)) {}
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call() {
        if (result)
            answer(std::make_exception_ptr(Error(ErrorCode::Failed, "the call was dropped; try again")));
    }

    void answer(const std::exception_ptr& failure) noexcept {
        guard("reply", [&] {
            const auto sent = std::exchange(result, std::nullopt);
            if (failure)
                sent->returnError(busError(failure));
            else
                sent->returnResults();
        });
    }

    std::optional<sdbus::Result<>> result; ///< empty once answered
};

PendingReply::PendingReply(sdbus::Result<>&& result) : call_(std::make_shared<Call>(std::move(result))) {}

void PendingReply::finish(const std::exception_ptr& failure) const noexcept {
    if (call_->result)
        call_->answer(failure);
}

} // namespace otgnet
