// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/firewall.hpp"

#include "base/file.hpp"
#include "sandbox/traffic.hpp"
#include "sandbox/world.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>

namespace otgnet::sandbox {
namespace {

constexpr const char* ourAddress = "172.30.30.1";
constexpr const char* hostAddress = "172.30.30.2";
constexpr const char* otherAddress = "10.66.0.2"; // of the host, but not of our network
constexpr const char* uplinkAddress = "203.0.113.1";
constexpr const char* wanAddress = "203.0.113.2";
constexpr const char* lanAddress = "10.9.0.2";

/// usb0, an uplink up0 to the wan, and lan0 to one more network; this machine forwards everything everywhere.
class Firewall : public ::testing::Test {
protected:
    Firewall() {
        for (const char* name : {"rp_filter", "forwarding"})
            writeAttribute(std::string("/proc/sys/net/ipv4/conf/all/") + name,
                           name == std::string("rp_filter") ? "0" : "1", ErrorCode::Failed);
        run({"ip", "netns", "add", "lan"});
        run({"ip", "link", "add", "lan0", "type", "veth", "peer", "name", "far0", "netns", "lan"});
        lan_ = openNetns();
        configure(-1, {"usb0 172.30.30.1/24", "usb0 fd00::1/64", "up0 203.0.113.1/24", "lan0 10.9.0.1/24"});
        configure(world_.host(), {"host0 172.30.30.2/24", "host0 10.66.0.2/24", "host0 fd00::2/64"});
        configure(world_.wan(), {"wan0 203.0.113.2/24"});
        configure(lan_.get(), {"far0 10.9.0.2/24"});
        run({"ip", "route", "add", "10.66.0.0/24", "dev", "usb0"});
        run({"ip", "route", "add", "default", "via", ourAddress}, {.netns = world_.host()});
        run({"ip", "route", "add", "default", "via", uplinkAddress}, {.netns = world_.wan()});
        run({"ip", "route", "add", "default", "via", "10.9.0.1"}, {.netns = lan_.get()});
        dhcp_ = bindUdp({.address = "0.0.0.0", .port = 67});
    }

    static Fd openNetns() { return Fd(::open("/run/netns/lan", O_RDONLY | O_CLOEXEC)); }

    static void configure(int netns, const std::vector<std::string>& addresses) {
        for (const std::string& entry : addresses) {
            const std::string ifname = entry.substr(0, entry.find(' '));
            const std::string address = entry.substr(entry.find(' ') + 1);
            run({"ip", "link", "set", ifname, "up"}, {.netns = netns});
            std::vector<std::string> add = {"ip", "address", "add", address, "dev", ifname};
            if (address.find(':') != std::string::npos)
                add.emplace_back("nodad");
            run(add, {.netns = netns});
        }
    }

    static FirewallPlan plan() { return {*IfName::parse("usb0"), *Cidr4::parse("172.30.30.0/24"), false, {}, {}, {}}; }

    static FirewallPlan withTcp(std::vector<std::uint16_t> ports) {
        FirewallPlan result = plan();
        result.allowTcp = std::move(ports);
        return result;
    }

    static FirewallPlan forwarding() {
        FirewallPlan result = plan();
        result.forwardInterface = *IfName::parse("up0");
        return result;
    }

    Fd fromHost(const std::string& address, std::uint16_t port) {
        return startTcp({.netns = world_.host()}, {.address = address, .port = port});
    }

    /// Everything that the host has sent before has been dealt with when this returns: DHCP gets through always.
    void settle() {
        sendUdp({.netns = world_.host(), .address = hostAddress, .port = 68}, {.address = ourAddress, .port = 67});
        EXPECT_EQ(receiveUdp(dhcp_), hostAddress);
    }

    bool isDropped(const std::string& address, std::uint16_t port) {
        const Fd socket = fromHost(address, port);
        settle();
        return isSilent(socket);
    }

    /// Whether an answer comes within that time.
    bool pings(const std::string& address, const std::string& seconds = "20") {
        return Process({"busybox", "ping", "-c1", "-W" + seconds, address}, {.netns = world_.host()})
                   .wait(2 * patience) == 0;
    }

    /// What is in the queue of the loop; the events of a transaction are there before it returns.
    static void runLoop() {
        while (g_main_context_iteration(nullptr, FALSE) != 0) {
        }
    }

    static std::string listing() { return run({"nft", "-s", "list", "ruleset"}); }

    World world_{{.cable = true, .udev = false, .uplink = "up0"}};
    Fd lan_;
    Fd dhcp_;
    int lost_ = 0;
    NftFirewall firewall_{[this] { ++lost_; }};
};

TEST_F(Firewall, WithoutItEverythingIsOpen) { // or the others would prove nothing
    const Fd listener = listenTcp({.port = 80});
    EXPECT_TRUE(connects(fromHost(ourAddress, 80)));
    EXPECT_TRUE(connects(fromHost("fd00::1", 80)));
    EXPECT_FALSE(connects(fromHost(ourAddress, 81)));
    EXPECT_TRUE(pings(ourAddress));
    const Fd far = listenTcp({.netns = lan_.get(), .port = 80});
    EXPECT_TRUE(connects(fromHost(lanAddress, 80)));
    EXPECT_EQ(acceptFrom(far), hostAddress);
}

TEST_F(Firewall, OpensOnlyTheListedTcpPorts) {
    firewall_.put(withTcp({443, 80}));
    const Fd listener = listenTcp({.port = 80});
    const Fd closed = listenTcp({.port = 22});
    EXPECT_TRUE(connects(fromHost(ourAddress, 80)));
    EXPECT_FALSE(connects(fromHost(ourAddress, 443)));  // open, nobody listens
    EXPECT_TRUE(connects(fromHost("203.0.113.1", 80))); // another address of ours
    EXPECT_TRUE(isDropped(ourAddress, 22));
    EXPECT_TRUE(isDropped(ourAddress, 81));
    EXPECT_TRUE(isDropped(uplinkAddress, 22));
}

TEST_F(Firewall, OpensOnlyTheListedUdpPorts) {
    FirewallPlan dns = plan();
    dns.allowUdp = {53};
    firewall_.put(dns);
    const Fd open = bindUdp({.port = 53});
    const Fd closed = bindUdp({.port = 5353});
    for (const char* to : {ourAddress, "255.255.255.255"}) {
        sendUdp({.netns = world_.host()}, {.address = to, .port = 5353});
        sendUdp({.netns = world_.host()}, {.address = to, .port = 53});
        EXPECT_EQ(receiveUdp(open), hostAddress);
    }
    EXPECT_TRUE(isEmpty(closed));
}

TEST_F(Firewall, ClosesIpv6InBothDirections) {
    firewall_.put(withTcp({80}));
    const Fd listener = listenTcp({.port = 80});
    EXPECT_TRUE(isDropped("fd00::1", 80));
    EXPECT_THROW(sendUdp({}, {.address = "fd00::2", .port = 9}), std::system_error); // EPERM
}

TEST_F(Firewall, DropsForwardedIpv6) {
    writeAttribute("/proc/sys/net/ipv6/conf/all/forwarding", "1", ErrorCode::Failed);
    configure(-1, {"up0 fd01::1/64"});
    configure(world_.wan(), {"wan0 fd01::2/64"});
    run({"ip", "-6", "route", "add", "default", "via", "fd00::1"}, {.netns = world_.host()});
    run({"ip", "-6", "route", "add", "default", "via", "fd01::1"}, {.netns = world_.wan()});
    const Fd far = listenTcp({.netns = world_.wan(), .port = 80});
    EXPECT_TRUE(connects(fromHost("fd01::2", 80)));
    firewall_.put(forwarding());
    EXPECT_TRUE(isDropped("fd01::2", 80));
}

TEST_F(Firewall, AnswersPingOnlyIfAllowed) {
    FirewallPlan icmp = plan();
    firewall_.put(icmp);
    EXPECT_FALSE(pings(ourAddress, "1"));
    icmp.allowIcmp = true;
    firewall_.put(icmp);
    EXPECT_TRUE(pings(ourAddress));
}

TEST_F(Firewall, LetsUsReachTheHost) {
    firewall_.put(plan());
    const Fd listener = listenTcp({.netns = world_.host(), .port = 80});
    EXPECT_TRUE(connects(startTcp({}, {.address = hostAddress, .port = 80})));
    EXPECT_FALSE(connects(startTcp({}, {.address = hostAddress, .port = 81})));
}

TEST_F(Firewall, DropsSpoofedSources) {
    FirewallPlan dns = plan();
    dns.allowUdp = {53};
    const Fd open = bindUdp({.port = 53});
    sendUdp({.netns = world_.host(), .address = otherAddress}, {.address = ourAddress, .port = 53});
    EXPECT_EQ(receiveUdp(open), otherAddress);
    firewall_.put(dns);
    sendUdp({.netns = world_.host(), .address = otherAddress}, {.address = ourAddress, .port = 53});
    settle();
    EXPECT_TRUE(isEmpty(open));
}

TEST_F(Firewall, HearsAHostWithoutAnAddress) {
    firewall_.put(plan());
    run({"ip", "address", "flush", "dev", "host0"}, {.netns = world_.host()});
    run({"ip", "route", "add", "default", "dev", "host0"}, {.netns = world_.host()});
    sendUdp({.netns = world_.host(), .address = "0.0.0.0", .port = 68}, {.address = "255.255.255.255", .port = 67});
    EXPECT_EQ(receiveUdp(dhcp_), "0.0.0.0");
}

TEST_F(Firewall, ForwardsToTheUplinkOnlyAndHidesTheHost) {
    firewall_.put(forwarding());
    const Fd far = listenTcp({.netns = world_.wan(), .port = 80});
    EXPECT_TRUE(connects(fromHost(wanAddress, 80)));
    EXPECT_EQ(acceptFrom(far), uplinkAddress);
    EXPECT_FALSE(connects(fromHost(wanAddress, 81))); // the refusal comes back, too

    const Fd lan = listenTcp({.netns = lan_.get(), .port = 80});
    EXPECT_TRUE(isDropped(lanAddress, 80));
    const Fd spoofed = startTcp({.netns = world_.host(), .address = otherAddress}, {.address = wanAddress, .port = 80});
    settle();
    EXPECT_TRUE(isSilent(spoofed));
}

TEST_F(Firewall, LetsNobodyInToTheHost) {
    firewall_.put(forwarding());
    const Fd listener = listenTcp({.netns = world_.host(), .port = 80});
    const Fd fromWan = startTcp({.netns = world_.wan()}, {.address = hostAddress, .port = 80});
    const Fd fromLan = startTcp({.netns = lan_.get()}, {.address = hostAddress, .port = 80});
    EXPECT_TRUE(connects(startTcp({}, {.address = hostAddress, .port = 80}))); // behind them in the queue
    EXPECT_EQ(acceptFrom(listener), ourAddress);
    EXPECT_TRUE(isEmpty(listener));
    EXPECT_TRUE(isSilent(fromWan));
    EXPECT_TRUE(isSilent(fromLan));
}

TEST_F(Firewall, LeavesTrafficBetweenOthersAlone) {
    firewall_.put(forwarding());
    const Fd far = listenTcp({.netns = world_.wan(), .port = 80});
    EXPECT_TRUE(connects(startTcp({.netns = lan_.get()}, {.address = wanAddress, .port = 80})));
    EXPECT_EQ(acceptFrom(far), lanAddress); // not masqueraded
}

TEST_F(Firewall, ForwardsNothingWithoutAnUplink) {
    firewall_.put(plan());
    const Fd far = listenTcp({.netns = world_.wan(), .port = 80});
    EXPECT_TRUE(isDropped(wanAddress, 80));
}

TEST_F(Firewall, ClosingAPortEndsItsConnections) {
    firewall_.put(withTcp({80}));
    const Fd listener = listenTcp({.port = 80});
    const Fd client = fromHost(ourAddress, 80);
    ASSERT_TRUE(connects(client));
    const Fd server(::accept4(listener.get(), nullptr, nullptr, 0));
    firewall_.put(plan());
    ASSERT_EQ(::write(client.get(), "x", 1), 1);
    settle();
    EXPECT_TRUE(isEmpty(server));
}

TEST_F(Firewall, HoldsEveryPort) {
    std::vector<std::uint16_t> every(65535);
    std::uint16_t port = 0;
    for (auto& entry : every)
        entry = ++port;
    firewall_.put(withTcp(every));
    const Fd last = listenTcp({.port = 65535});
    EXPECT_TRUE(connects(fromHost(ourAddress, 65535)));
    EXPECT_FALSE(connects(fromHost(ourAddress, 1)));

    std::erase_if(every, [](std::uint16_t p) { return p % 2 == 0; }); // the most ranges there can be
    firewall_.put(withTcp(every));
    EXPECT_TRUE(connects(fromHost(ourAddress, 65535)));
    EXPECT_TRUE(isDropped(ourAddress, 32768));
    runLoop();
    EXPECT_EQ(lost_, 0);
}

TEST_F(Firewall, LeavesOtherTablesAlone) {
    run({"nft", "add table inet other; add chain inet other in { type filter hook input priority 0; policy drop; }; "
                "add rule inet other in tcp dport { 22, 443 } accept; add table ip otgnet"});
    const std::string before = listing();
    firewall_.put(withTcp({80, 443}));
    const Fd listener = listenTcp({.port = 443});
    const Fd blocked = listenTcp({.port = 80});
    const Fd notOurs = listenTcp({.port = 22});
    EXPECT_TRUE(connects(fromHost(ourAddress, 443)));
    const Fd both = fromHost(ourAddress, 80);
    const Fd onlyTheirs = fromHost(ourAddress, 22);
    EXPECT_TRUE(connects(fromHost(ourAddress, 443))); // behind them in the queue
    EXPECT_TRUE(isSilent(both));                      // they drop it
    EXPECT_TRUE(isSilent(onlyTheirs));                // we drop it
    EXPECT_NE(listing(), before);
    firewall_.remove();
    EXPECT_EQ(listing(), before);
}

TEST_F(Firewall, ReplacesWhatAPredecessorHasLeft) {
    run({"nft", "add table inet otgnet; add chain inet otgnet junk; add rule inet otgnet junk accept"});
    firewall_.put(withTcp({80}));
    const std::string once = listing();
    EXPECT_THAT(once, ::testing::Not(::testing::HasSubstr("junk")));
    firewall_.put(withTcp({80}));
    EXPECT_EQ(listing(), once);
}

TEST_F(Firewall, RemovesWhatAPredecessorHasLeft) {
    run({"nft", "add table inet otgnet"});
    firewall_.remove();
    EXPECT_EQ(listing(), "");
    firewall_.remove();
    EXPECT_EQ(listing(), "");
}

TEST_F(Firewall, SaysWhatTheKernelRefuses) {
    // a table may belong to one program, here one that waits for more commands
    Process owner(
        {"sh", "-c", "{ echo 'add table inet otgnet { flags owner; }'; echo 'list tables'; sleep 60; } | nft -i"});
    owner.expect("table inet otgnet");
    try {
        firewall_.put(plan());
        ADD_FAILURE() << "no error";
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::Firewall);
        EXPECT_THAT(e.what(), ::testing::AllOf(::testing::HasSubstr("inet otgnet"),
                                               ::testing::HasSubstr("Operation not permitted"),
                                               ::testing::HasSubstr("; it is owned by netlink port "),
                                               ::testing::Not(::testing::HasSubstr("modprobe"))));
    }
}

TEST_F(Firewall, ItsOwnChangesLeaveNothingToBeLookedAt) {
    firewall_.put(plan());
    EXPECT_FALSE(g_main_context_pending(nullptr));
}

TEST_F(Firewall, NoticesThatItsTableIsGone) {
    for (const char* theft : {"flush ruleset", "delete table inet otgnet", "flush table inet otgnet",
                              "insert rule inet otgnet input accept", "flush chain inet otgnet forward"}) {
        firewall_.put(withTcp({80}));
        const std::string whole = listing();
        runLoop();
        ASSERT_EQ(lost_, 0);
        run({"nft", theft});
        loopUntil([&] { return lost_ > 0; }, "the loss");
        firewall_.put(withTcp({80}));
        runLoop();
        EXPECT_EQ(lost_, 1) << theft;
        EXPECT_EQ(listing(), whole) << theft;
        lost_ = 0;
    }
}

TEST_F(Firewall, DoesNotMindItsOwnChangesAndThoseOfOthers) {
    firewall_.put(withTcp({80}));
    firewall_.put(withTcp({81}));
    run({"nft", "add table inet other; add chain inet other c; add rule inet other c accept; delete table inet other"});
    runLoop();
    firewall_.remove();
    runLoop();
    run({"nft", "flush ruleset"});
    runLoop();
    EXPECT_EQ(lost_, 0);
}

} // namespace
} // namespace otgnet::sandbox
