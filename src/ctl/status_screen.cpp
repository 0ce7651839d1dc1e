// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "ctl/status_screen.hpp"

#include "ctl/text.hpp"

#include <algorithm>

namespace otgnet::ctl {

namespace {

constexpr std::size_t labelWidth = 10;

/// Rows of "label  text"; a label that repeats is shown once.
class Rows {
public:
    explicit Rows(const Style& style) : style_(style) {}

    void add(const std::string& label, const std::string& text, const std::string& colour = "") {
        const std::string shown = label == last_ ? "" : label;
        last_ = label;
        out_ += "  " + std::string(labelWidth - std::min(labelWidth, shown.size()), ' ') +
                style_.paint(style_.faint, shown) + "  " + (colour.empty() ? text : style_.paint(colour, text)) + "\n";
    }
    std::string text() const { return out_; }

private:
    const Style& style_;
    std::string last_;
    std::string out_;
};

bool isUp(const Snapshot& s) {
    return s.state == "waiting" || s.state == "attached" || s.state == "online";
}

bool hostIsThere(const Snapshot& s) {
    return s.state == "attached" || s.state == "online";
}

std::string hostOf(const Lease& lease) {
    return printable(lease.hostname.empty() ? lease.mac : lease.hostname);
}

std::string onlineText(const Snapshot& s) {
    if (s.leases.empty())
        return "online";
    const std::size_t others = s.leases.size() - 1;
    return "online: " + hostOf(s.leases.front()) + " is at " + printable(s.leases.front().address) +
           (others == 0 ? "" : ", and " + std::to_string(others) + " more");
}

std::string headline(const Snapshot& s) {
    if (s.state == "disabled")
        return "disabled: the USB network is off";
    if (s.state == "waiting")
        return "waiting for a computer at the other end of the cable";
    if (s.state == "attached")
        return "attached, it has no lease yet";
    if (s.state == "online")
        return onlineText(s);
    if (s.state == "failed")
        return "failed: everything is closed";
    return printable(s.state);
}

/// How long it has been so. Not of a clock that was set back meanwhile.
std::string age(const Snapshot& s, std::uint64_t now) {
    return s.stateSince == 0 || s.stateSince > now ? "" : " (" + durationText(now - s.stateSince) + ")";
}

std::string mark(const Snapshot& s, const Style& style) {
    if (s.state == "failed")
        return style.paint(style.bad, "×");
    if (s.state == "disabled")
        return style.paint(style.faint, "○");
    return style.paint(hostIsThere(s) ? style.good : style.attention, "●");
}

/// Says in words what the controller reports, and leaves its raw state visible where our conclusion differs.
std::string hostText(const Snapshot& s) {
    std::vector<std::string> parts;
    if (hostIsThere(s))
        parts = {s.suspended ? "attached, asleep" : "attached", printable(s.speed)};
    else
        parts = {"nobody there", "controller says " + (s.udcState.empty() ? "nothing" : printable(s.udcState))};
    parts.push_back(printable(s.driver));
    return join(parts, ", ");
}

std::string managerName(const std::string& backend) {
    if (backend == "networkd")
        return "systemd-networkd";
    return backend == "networkmanager" ? "NetworkManager" : printable(backend);
}

std::string linkText(const Snapshot& s) {
    std::string out = printable(s.address) + (s.carrier ? ", carrier" : ", no carrier");
    return s.backend.empty() ? out : out + ", managed by " + managerName(s.backend);
}

std::string portsText(const char* protocol, const std::vector<std::uint16_t>& ports) {
    std::string out = protocol;
    for (const auto port : ports)
        out += " " + std::to_string(port);
    return out;
}

void addLeases(Rows& rows, const Snapshot& s, std::uint64_t now) {
    std::vector<std::vector<std::string>> cells;
    for (const auto& lease : s.leases)
        cells.push_back({printable(lease.address), lease.hostname.empty() ? "-" : printable(lease.hostname),
                         printable(lease.mac), expiryText(lease.expiry, now)});
    std::string table = columns(cells);
    for (std::size_t end = table.find('\n'); end != std::string::npos; end = table.find('\n')) {
        rows.add("Lease", table.substr(0, end));
        table.erase(0, end + 1);
    }
}

void addLink(Rows& rows, const Snapshot& s, std::uint64_t now) {
    rows.add("Host", hostText(s));
    addLeases(rows, s, now);
    rows.add("Link", linkText(s));
    rows.add("Open", openText(s));
    rows.add("Forwards", s.forwardInterface.empty() ? "nowhere" : "to " + printable(s.forwardInterface));
    if (!s.dns.empty())
        rows.add("DNS", printable(join(s.dns, " ")));
    rows.add("MAC", "host " + printable(s.hostMac) + ", ours " + printable(s.kvmMac));
    rows.add("Endpoints", std::to_string(s.endpointsUsed) + " of " + std::to_string(s.endpointsMax) + " (gadget " +
                              printable(s.gadget) + " on " + printable(s.udc) + ")");
}

std::string nextStep(const Snapshot& s) {
    if (s.state == "disabled")
        return "otgnetctl enable";
    if (s.state == "failed")
        return "otgnetctl doctor";
    return s.errorText.empty() ? "" : "mend that, then: otgnetctl reload";
}

} // namespace

std::string openText(const Snapshot& s) {
    std::vector<std::string> open;
    if (s.allowIcmp)
        open.emplace_back("icmp");
    if (!s.allowTcp.empty())
        open.push_back(portsText("tcp", s.allowTcp));
    if (!s.allowUdp.empty())
        open.push_back(portsText("udp", s.allowUdp));
    return (open.empty() ? "nothing" : join(open, ", ")) + "; everything else is closed, IPv6 too";
}

std::string statusScreen(const Snapshot& s, const Style& style, std::uint64_t nowUsec) {
    const std::string name = s.interface.empty() ? "otgnet" : printable(s.interface);
    Rows rows(style);
    if (!s.errorText.empty())
        rows.add("Error", printable(s.errorText), style.bad);
    if (isUp(s))
        addLink(rows, s, nowUsec);
    for (const auto& warning : s.warnings)
        rows.add("Warning", printable(warning), style.attention);
    if (const std::string next = nextStep(s); !next.empty())
        rows.add("Next", next);
    return mark(s, style) + " " + style.paint(style.bold, name) + " " + headline(s) +
           style.paint(style.faint, age(s, nowUsec)) + "\n" + rows.text();
}

} // namespace otgnet::ctl
