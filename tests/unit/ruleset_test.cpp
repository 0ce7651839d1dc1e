// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/ruleset.hpp"

#include <gmock/gmock.h>
#include <nftables/libnftables.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <numeric>

namespace otgnet {
namespace {

FirewallPlan minimal() {
    return {*IfName::parse("usb0"), *Cidr4::parse("172.30.30.0/24"), false, {}, {}, {}};
}

FirewallPlan full() {
    FirewallPlan plan = minimal();
    plan.allowIcmp = true;
    plan.allowTcp = {443, 22, 80, 81, 80};
    plan.allowUdp = {67};
    plan.forwardInterface = *IfName::parse("wlan0.5");
    return plan;
}

std::vector<std::uint16_t> everyPort() {
    std::vector<std::uint16_t> ports(65535);
    std::iota(ports.begin(), ports.end(), 1);
    return ports;
}

/// What nft itself says to the text, without changing anything; "" = fine.
std::string syntaxErrors(const std::string& text) {
    const std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> nft(nft_ctx_new(NFT_CTX_DEFAULT), nft_ctx_free);
    nft_ctx_buffer_error(nft.get());
    nft_ctx_set_dry_run(nft.get(), true);
    const int result = nft_run_cmd_from_buffer(nft.get(), text.c_str());
    return result == 0 ? "" : std::string("refused: ") + nft_ctx_get_error_buffer(nft.get());
}

/// Even a dry run asks the kernel for its tables, which only root of a network namespace may: so in one of its own.
std::string inOwnNetwork(const std::function<std::string()>& call) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) < 0)
        return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
        const bool apart = unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0;
        const std::string answer = apart ? call() : "no network namespace";
        _exit(write(ends[1], answer.data(), answer.size()) < 0 ? 1 : 0);
    }
    close(ends[1]);
    std::string answer(4096, '\0');
    answer.resize(static_cast<std::size_t>(std::max<ssize_t>(read(ends[0], answer.data(), answer.size()), 0)));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return status == 0 ? answer : "the child died";
}

std::string lineWith(const std::string& text, const std::string& part) {
    const std::size_t at = text.find(part);
    if (at == std::string::npos)
        return "none";
    const std::size_t begin = text.rfind('\t', at) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
}

TEST(Ruleset, OpensWhatIsAllowedAndNothingElse) {
    EXPECT_EQ(ruleset(full()), R"(add table inet otgnet
delete table inet otgnet
table inet otgnet {
	set tcp_in {
		type inet_service; flags interval;
		elements = { 22, 80-81, 443 }
	}
	set udp_in {
		type inet_service; flags interval;
		elements = { 67 }
	}
	chain input {
		type filter hook input priority filter - 10; policy accept;
		iifname != "usb0" accept
		meta nfproto ipv6 counter drop
		ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
		ip saddr != 172.30.30.0/24 counter drop
		ct direction reply ct state established,related accept
		udp dport 67 accept
		icmp type != redirect accept
		tcp dport @tcp_in accept
		udp dport @udp_in accept
		counter drop
	}
	chain forward {
		type filter hook forward priority filter - 10; policy accept;
		iifname "usb0" oifname "wlan0.5" ip saddr 172.30.30.0/24 accept
		iifname "wlan0.5" oifname "usb0" ip daddr 172.30.30.0/24 ct direction reply ct state established,related accept
		iifname "usb0" counter drop
		oifname "usb0" counter drop
	}
	chain output {
		type filter hook output priority filter - 10; policy accept;
		oifname "usb0" meta nfproto ipv6 counter drop
	}
	chain postrouting {
		type nat hook postrouting priority srcnat - 10; policy accept;
		iifname "usb0" oifname "wlan0.5" ip saddr 172.30.30.0/24 masquerade
	}
}
)");
}

TEST(Ruleset, IsClosedButForDhcpWithoutForwardingAndPorts) {
    EXPECT_EQ(ruleset(minimal()), R"(add table inet otgnet
delete table inet otgnet
table inet otgnet {
	set tcp_in {
		type inet_service; flags interval;
	}
	set udp_in {
		type inet_service; flags interval;
	}
	chain input {
		type filter hook input priority filter - 10; policy accept;
		iifname != "usb0" accept
		meta nfproto ipv6 counter drop
		ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
		ip saddr != 172.30.30.0/24 counter drop
		ct direction reply ct state established,related accept
		udp dport 67 accept
		tcp dport @tcp_in accept
		udp dport @udp_in accept
		counter drop
	}
	chain forward {
		type filter hook forward priority filter - 10; policy accept;
		iifname "usb0" counter drop
		oifname "usb0" counter drop
	}
	chain output {
		type filter hook output priority filter - 10; policy accept;
		oifname "usb0" meta nfproto ipv6 counter drop
	}
}
)");
}

TEST(Ruleset, JoinsPortsToRanges) {
    FirewallPlan plan = minimal();
    plan.allowTcp = {65535, 1, 3, 2, 2, 5, 65534};
    EXPECT_EQ(lineWith(ruleset(plan), "elements"), "elements = { 1-3, 5, 65534-65535 }");
    plan.allowTcp = everyPort();
    EXPECT_EQ(lineWith(ruleset(plan), "elements"), "elements = { 1-65535 }");
}

TEST(Ruleset, IsUnderstoodByNft) {
    FirewallPlan every = full();
    every.allowTcp = every.allowUdp = everyPort();
    FirewallPlan longNames = full();
    longNames.ifname = *IfName::parse("usb-0123456789a");
    longNames.forwardInterface = *IfName::parse("br~(1).[4],@=!+");
    longNames.network = *Cidr4::parse("10.0.0.0/31");
    for (const FirewallPlan& plan : {minimal(), full(), every, longNames})
        EXPECT_EQ(inOwnNetwork([&] { return syntaxErrors(ruleset(plan)); }), "") << ruleset(plan);
    EXPECT_EQ(inOwnNetwork([] { return syntaxErrors(rulesetRemoval()); }), "");
    EXPECT_THAT(inOwnNetwork([] { return syntaxErrors("table inet otgnet { chain input { accept everything } }"); }),
                testing::HasSubstr("syntax error"));
}

} // namespace
} // namespace otgnet
