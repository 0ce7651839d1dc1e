// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The dnsmasq that NetworkManager runs for a shared connection. That of a NetworkManager that was killed lives on, and
/// the new one cannot end it: it reads the pid file with a bound that no pid meets (nm_dnsmasq_manager, 1.42 to 1.59),
/// and its own dnsmasq then finds the address in use, time and again.
#pragma once

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "core/net.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace otgnet::nm {

/// Whether one serves the interface whose NetworkManager is there: a connection can be active without.
bool dnsmasqServes(const std::filesystem::path& root, const IfName& ifname);
/// Whether there is one of another shared connection.
bool dnsmasqServesOthers(const std::filesystem::path& root, const std::optional<IfName>& ifname);

class Orphan {
public:
    /// Ends the dnsmasq of the interface that no NetworkManager is the parent of; `gone` is called when it has ended,
    /// or does not even of SIGKILL. False: there is none, or it cannot be ended (which is logged), and `gone` will not
    /// be called.
    bool end(const std::filesystem::path& root, const IfName& ifname, std::function<void()> gone);

private:
    void insist();
    void finish();

    std::filesystem::path pidFile_;
    std::function<void()> gone_;
    Fd process_;
    Source exit_;
    Source patience_;
};

} // namespace otgnet::nm
