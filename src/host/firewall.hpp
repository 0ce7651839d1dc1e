// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The table inet otgnet in the kernel, through libnftables; and an eye on it, as "nft flush ruleset" takes away the
/// tables of everybody.
#pragma once

#include "base/loop.hpp"
#include "core/ports.hpp"
#include "host/netlink.hpp"

#include <nftables/libnftables.h>

namespace otgnet {

class NftFirewall : public FirewallPort {
public:
    /// `lost` is called when another program has deleted our table or touched its rules since put(); the listener puts
    /// it up again, or unbinds. Our own transactions do not call it, nor do elements somebody adds to a set of ports.
    explicit NftFirewall(std::function<void()> lost) : lost_(std::move(lost)) {}

    void put(const FirewallPlan& plan) override;
    void remove() override;

private:
    /// Handles of the table and of its rules: never the same again for another table or rule. Empty = no table.
    using Handles = std::vector<std::uint64_t>;
    struct ContextFree {
        void operator()(nft_ctx* context) const { nft_ctx_free(context); }
    };

    void open();
    void run(const std::string& commands);
    bool hear();
    void compare();
    Handles handles();
    std::string remedy(); ///< what a person can do when the kernel has refused a change

    std::function<void()> lost_;
    Handles ours_;
    std::optional<NetlinkSocket> queries_;
    std::optional<NetlinkSocket> events_;
    std::unique_ptr<nft_ctx, ContextFree> context_;
    Source watch_;
};

} // namespace otgnet
