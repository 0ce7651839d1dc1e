// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/error.hpp"
#include "ctl/ports.hpp"
#include "ctl/text.hpp"
#include "ctl/verbs/verbs.hpp"

#include <algorithm>
#include <iterator>

namespace otgnet::ctl {

namespace {

struct Arguments {
    std::string protocol;
    std::vector<std::string> ports;
    bool persist = false;
};

Json newValue(const Json& current, const Ports& ports, bool open) {
    if (ports.empty()) // it is icmp
        return open;
    const Ports before = current.is_array() ? current.get<Ports>() : Ports{};
    return open ? withPorts(before, ports) : withoutPorts(before, ports);
}

/// A list goes to the service as a whole, and what was opened until it ends would stay open for ever.
[[noreturn]] void refuseToPersist(const std::string& key, const Json& current, const Json& value) {
    throw Error(ErrorCode::Failed,
                key + "=" + valueText(current) +
                    " holds only until the service ends. To keep all of it: otgnetctl set --persist " + key + "=" +
                    valueText(value) + "; to go back first: otgnetctl reset " + key);
}

int allow(Session& session, const Arguments& arguments, bool open) {
    if ((arguments.protocol == "icmp") != arguments.ports.empty())
        throw UsageError(arguments.protocol == "icmp"
                             ? "icmp has no ports"
                             : "which ports? Example: otgnetctl allow " + arguments.protocol + " 80 443");
    Ports ports;
    std::transform(arguments.ports.begin(), arguments.ports.end(), std::back_inserter(ports), portFrom);
    const std::string key = "otgnet/firewall/allow_" + arguments.protocol;
    const Json current = session.settings().at(key);
    const Json value = newValue(current, ports, open);
    if (arguments.persist && current.is_array() && session.service().GetConfigOrigins()[key] == "runtime")
        refuseToPersist(key, current, value);
    change(session, {{key, value}}, arguments.persist);
    if (!session.options().json)
        session.print(key + "=" + valueText(value) + "\n");
    return exitDone;
}

void add(CLI::App& app, Action& action, const char* name, const char* help, bool open) {
    auto arguments = std::make_shared<Arguments>();
    auto* verb = app.add_subcommand(name, help);
    verb->add_option("PROTOCOL", arguments->protocol, "tcp, udp or icmp")
        ->required()
        ->check(CLI::IsMember({"tcp", "udp", "icmp"}));
    verb->add_option("PORT", arguments->ports, "Port numbers, for tcp and udp")->delimiter(',');
    addPersist(*verb, arguments->persist);
    verb->callback([&action, arguments, open] {
        action = [arguments, open](Session& session) { return allow(session, *arguments, open); };
    });
}

} // namespace

void addAllow(CLI::App& app, Action& action) {
    add(app, action, "allow", "Open ports of ours, or ping, to the host", true);
    add(app, action, "deny", "Close them", false);
}

} // namespace otgnet::ctl
