// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Whether a host is at the other end of the cable. Pure: computed from levels on every input, told on change only.
#pragma once

#include "core/observed.hpp"

#include <chrono>
#include <string_view>

namespace otgnet {

class Presence {
public:
    /// Nothing that happens to the carrier within this time of an attach is a detach: NCM hosts take the link up and
    /// down for about a second while they choose their settings.
    static constexpr BootUsec settleTime = 1'500'000;

    /// What the watchers see at the moment.
    struct Levels {
        bool bound = false; ///< our gadget is bound to the controller
        std::string state;  ///< of the controller
        bool carrier = false;
        bool suspended = false;
        unsigned notices = 0;      ///< UdcFacts::notices
        std::uint64_t binding = 0; ///< UdcFacts::binding
        bool operator==(const Levels&) const = default;
    };

    enum class Change { none, attached, detached };

    /// Zero: a suspended host stays attached for ever.
    void setSuspendDetach(std::chrono::seconds time) { suspendDetach_ = time; }
    /// Takes in new levels, or looks again at the old ones when deadline() has come, or when the last change was a
    /// detach: of a gadget that was bound anew the host may be there again.
    Change update(const Levels& levels, BootUsec now);
    /// What a predecessor has told last.
    void expect(bool attached) { attached_ = attached; }
    /// Takes the levels for what they are though we did not see how they came about.
    Change assume(const Levels& levels, BootUsec now);
    Change look(BootUsec now) { return update(levels_, now); }
    /// When look() has to be called without a new input; `never` if it need not.
    BootUsec deadline() const;

    bool attached() const { return attached_; }
    /// Of the last detach: "unbound", "suspended" or "unplugged" (also a carrier lost: more some controllers do not
    /// tell).
    std::string_view reason() const { return reason_; }

private:
    bool noteBinding(const Levels& levels);
    bool up() const;
    bool holds() const;
    bool gone(BootUsec now) const;
    bool asleepTooLong(BootUsec now) const;

    Levels levels_;
    std::uint64_t binding_ = 0; ///< the last one that was seen
    /// The last word on the state before the gadget was bound; empty: any word will do.
    std::optional<unsigned> staleNotice_ = 0;
    bool attached_ = false;
    BootUsec attachedAt_ = 0;
    BootUsec suspendedAt_ = never;
    std::chrono::seconds suspendDetach_{};
    std::string_view reason_ = "unplugged";
};

} // namespace otgnet
