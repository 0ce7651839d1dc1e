// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/firewall.hpp"

#include "base/log.hpp"
#include "core/ruleset.hpp"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cerrno>

namespace otgnet {

namespace {

const std::string tableName = "otgnet";
constexpr int datagramsPerTurn = 64; // other sources get their turn, however busy another program's rules are
Request tablesRequest(std::uint16_t type, std::uint16_t flags) {
    return {static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type), flags,
            nfgenmsg{NFPROTO_INET, NFNETLINK_V0, 0}};
}

Request tableRequest() {
    Request table = tablesRequest(NFT_MSG_GETTABLE, NLM_F_ACK);
    table.put(NFTA_TABLE_NAME, tableName);
    return table;
}

/// Whether an event is about our table or something in it. The name of the table is the first attribute of all of them
/// but that of a generation, which is a number.
bool isAboutOurs(const nlmsghdr& message) {
    static_assert(NFTA_TABLE_NAME == 1 && NFTA_CHAIN_TABLE == 1 && NFTA_RULE_TABLE == 1 && NFTA_SET_TABLE == 1 &&
                  NFTA_SET_ELEM_LIST_TABLE == 1);
    const auto* header = headerOf<nfgenmsg>(message);
    return header && message.nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES && header->nfgen_family == NFPROTO_INET &&
           Attributes(message, sizeof(nfgenmsg)).text(1) == tableName;
}

/// What nft says, in one line: its first line, and the rule it means.
std::string firstLines(std::string text) {
    std::size_t end = text.find('\n');
    if (end != std::string::npos)
        end = text.find('\n', end + 1);
    text.resize(std::min(end, text.size()));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
}

} // namespace

void NftFirewall::put(const FirewallPlan& plan) {
    run(ruleset(plan));
    hear(); // of our own doing: nothing that is to be looked at later
    ours_ = handles();
    if (ours_.empty())
        throw Error(ErrorCode::Firewall, "table inet otgnet was deleted while it was put up");
}

void NftFirewall::remove() {
    ours_.clear();
    open();
    if (!handles().empty())
        run(rulesetRemoval());
}

void NftFirewall::open() {
    if (context_)
        return;
    queries_.emplace(NETLINK_NETFILTER, std::initializer_list<int>{}, ErrorCode::Firewall);
    events_.emplace(NETLINK_NETFILTER, std::initializer_list<int>{NFNLGRP_NFTABLES}, ErrorCode::Firewall);
    context_.reset(nft_ctx_new(NFT_CTX_DEFAULT)); // ends the process if there are no such sockets: after ours
    if (!context_ || nft_ctx_buffer_error(context_.get()) != 0)
        throw Error(ErrorCode::Firewall, "cannot set up libnftables");
    watch_ = watchFd(events_->fd(), G_IO_IN, [this](GIOCondition) { compare(); });
}

void NftFirewall::run(const std::string& commands) {
    open();
    if (nft_run_cmd_from_buffer(context_.get(), commands.c_str()) == 0)
        return;
    const std::string said = firstLines(nft_ctx_get_error_buffer(context_.get()));
    throw Error(ErrorCode::Firewall, "cannot change table inet otgnet: " + said + remedy());
}

/// A table may have an owner, the only one who may change it. The kernel knows him by his netlink port.
std::string NftFirewall::remedy() {
    if (queries_->ask(tablesRequest(NFT_MSG_GETGEN, NLM_F_ACK), [](const nlmsghdr&) {}) != 0)
        return " (does this kernel have nf_tables? try: modprobe nf_tables)";
    std::optional<std::uint32_t> owner;
    queries_->ask(tableRequest(), [&](const nlmsghdr& message) {
        owner = Attributes(message, sizeof(nfgenmsg)).u32(NFTA_TABLE_OWNER);
    });
    return owner ? "; it is owned by netlink port " + std::to_string(ntohl(*owner)) +
                       ", mostly the pid of a program: end that"
                 : "";
}

/// Whether something was told of our table, or was lost.
bool NftFirewall::hear() {
    bool about = false;
    const auto look = [&](const nlmsghdr& message) { about = about || isAboutOurs(message); };
    Received got = Received::message;
    for (int datagram = 0; datagram < datagramsPerTurn && got != Received::nothing; ++datagram) {
        got = events_->receive(look);
        about = about || got == Received::overrun;
    }
    return about;
}

/// A level, not an edge: old events and lost ones all end in the same comparison.
void NftFirewall::compare() {
    if (!hear() || ours_.empty() || handles() == ours_)
        return;
    ours_.clear(); // told once; the next put() looks again
    log::warning("another program has deleted or changed table inet otgnet");
    lost_();
}

NftFirewall::Handles NftFirewall::handles() {
    Handles found;
    const auto collect = [&](std::uint16_t attribute) {
        return [&found, attribute](const nlmsghdr& message) {
            found.push_back(Attributes(message, sizeof(nfgenmsg)).u64(attribute).value_or(0));
        };
    };
    if (queries_->ask(tableRequest(), collect(NFTA_TABLE_HANDLE)) != 0)
        return {};
    Request rules = tablesRequest(NFT_MSG_GETRULE, NLM_F_DUMP);
    rules.put(NFTA_RULE_TABLE, tableName);
    queries_->ask(rules, collect(NFTA_RULE_HANDLE));
    return found;
}

} // namespace otgnet
