// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What a LinkPort tells, kept for the test; and its verbs run to their end.
#pragma once

#include "base/loop.hpp"
#include "core/lease_table.hpp"
#include "core/ports.hpp"
#include "sandbox/wait.hpp"

#include <algorithm>
#include <array>

namespace otgnet::sandbox {

class LinkRecorder : public LinkListener {
public:
    void leases(const LeaseReport& report) override {
        reports.push_back(report);
        for (const auto& event : table.update(report, bootNow()))
            events.push_back(text(event));
    }
    void backend(const std::string& name) override { backends.push_back(name); }
    void warnings(const std::vector<std::string>& texts) override { warningTexts = texts; }
    void trouble(std::exception_ptr cause) override { troubles.push_back(std::move(cause)); }

    /// Runs the loop until a report for which the condition holds has come after those that were taken before, and
    /// takes all up to it.
    template<class Condition>
    LeaseReport next(Condition condition, const std::string& what) {
        auto found = reports.end();
        loopUntil(
            [&] {
                found = std::find_if(reports.begin() + taken_, reports.end(), condition);
                return found != reports.end();
            },
            what);
        taken_ = found - reports.begin() + 1;
        return *found;
    }

    LeaseReport nextWith(std::size_t count) {
        return next([count](const LeaseReport& report) { return report.leases.size() == count; },
                    "a report of " + std::to_string(count) + " leases");
    }

    std::vector<LeaseReport> reports;
    LeaseTable table;                ///< what the core makes of the reports
    std::vector<std::string> events; ///< "added 10.55.0.13", …
    std::vector<std::string> backends;
    std::vector<std::string> warningTexts;
    std::vector<std::exception_ptr> troubles;

private:
    static std::string text(const LeaseTable::Event& event) {
        static constexpr std::array kinds{"added ", "changed ", "removed "};
        return kinds.at(static_cast<std::size_t>(event.kind)) + event.lease.address.text();
    }

    std::ptrdiff_t taken_ = 0;
};

/// Calls a verb and runs the loop until it is done; throws what it answers.
template<class Verb>
void finished(Verb verb) {
    bool done = false;
    std::exception_ptr error;
    verb([&](std::exception_ptr outcome) {
        error = std::move(outcome);
        done = true;
    });
    if (done)
        throw std::logic_error("the verb called back before it returned");
    loopUntil([&] { return done; }, "the end of a verb");
    if (error)
        std::rethrow_exception(error);
}

/// The text of the Error that a verb ends with, "" if it succeeds.
template<class Verb>
std::string failureOf(Verb verb) {
    try {
        finished(std::move(verb));
        return {};
    } catch (const Error& error) {
        return error.what();
    }
}

inline LinkPlan linkPlan() {
    DhcpConfig dhcp;
    dhcp.first = {0x0a37000a}; // 10.55.0.10
    dhcp.last = {0x0a37003b};
    dhcp.leaseTime = std::chrono::hours(1);
    return {.ifname = IfName::parse("usb0").value(),
            .address = {0x0a370001},
            .network = {{0x0a370000}, 24},
            .backend = BackendChoice::automatic,
            .uplink = std::nullopt,
            .dhcp = dhcp};
}

} // namespace otgnet::sandbox
