// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// polkit, asked over the same connection without ever blocking it.
#pragma once

#include "base/raw_bus.hpp"
#include "bus/authority.hpp"

#include <chrono>
#include <list>
#include <memory>

namespace otgnet {

/// Root passes without polkit. Everything that goes wrong (no polkitd, it dies, it never answers) is a no.
class PolkitAuthority final : public Authority {
public:
    /// `patience`: polkitd may have to be started first, its own work takes milliseconds; a person may take longer.
    explicit PolkitAuthority(sdbus::IConnection& bus, std::chrono::milliseconds patience = std::chrono::seconds(25));
    PolkitAuthority(const PolkitAuthority&) = delete;
    PolkitAuthority& operator=(const PolkitAuthority&) = delete;
    ~PolkitAuthority() override;

    void authorize(Question question, Answer answer) override;
    std::size_t pending() const { return pending_.size(); }

    /// So many questions may wait, so that nobody can make us or polkitd hold more, or keep others from asking. Root
    /// does not wait.
    static constexpr std::size_t maxPending = 64;
    static constexpr std::size_t maxPendingOfUser = 8; ///< of one connection as well, while its user is not known

private:
    struct Pending;
    using Iterator = std::list<Pending>::iterator;

    bool isCrowded(std::uint32_t uid) const;
    void passRoot(Iterator pending);
    void onUser(Iterator pending, CallError error, std::uint32_t uid);
    void askPolkit(Iterator pending, std::uint32_t uid);
    BusSlot watchCaller(const std::string& caller);
    void onPolkit(Iterator pending, CallError error, bool authorized, bool challenge);
    void onLeft(const std::string& name);
    void cancel(const Pending& pending);
    void finish(Iterator pending, std::exception_ptr refusal);

    std::chrono::milliseconds patience_;
    std::list<Pending> pending_;
    std::string root_; ///< a connection that was root's when it was asked last: its name is never given to another one
    std::uint64_t lastNumber_ = 0;
    sd_bus* bus_;
    std::unique_ptr<sdbus::IProxy> driver_;
    std::unique_ptr<sdbus::IProxy> polkit_;
};

} // namespace otgnet
