// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/bus_client.hpp"
#include "sandbox/bus_service.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "bus/actions.hpp"
#include "bus/property_table.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <regex>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* propertiesInterface = "org.freedesktop.DBus.Properties";
constexpr const char* limitsExceeded = "org.freedesktop.DBus.Error.LimitsExceeded";
constexpr const char* failed = "org.freedesktop.DBus.Error.Failed";

Status onlineStatus() {
    Status status;
    status.state = State::online;
    status.stateSince = 1'700'000'000'000'001;
    status.enabled = true;
    status.backend = "networkd";
    status.driver = "ncm";
    status.udc.udc = "fe980000.usb";
    status.udc.state = "configured";
    status.udc.speed = "high-speed";
    status.carrier = true;
    status.gadget = "kvmd";
    status.interface = "usb0";
    status.hostMac = "48:6f:73:74:50:43";
    status.kvmMac = "42:61:64:55:53:42";
    status.address = "172.30.30.1/24";
    status.network = "172.30.30.0/24";
    status.forwardInterface = "eth0";
    status.allowIcmp = true;
    status.allowTcp = {80, 443};
    status.allowUdp = {53};
    status.dns = {"9.9.9.9"};
    status.endpointsUsed = 6;
    status.endpointsMax = 9;
    status.leases = {{"172.30.30.2", "48:6f:73:74:50:43", "pc", 1'700'000'000'000'000}};
    status.warnings = {"/etc/kvmd/override.yaml:14: otgnet/x: unknown"};
    status.lastError = {"org.pikvm.OtgNet.Error.Firewall", "why"};
    return status;
}

class BusFaceTest : public ::testing::Test {
protected:
    void SetUp() override { client.subscribe(); }

    Message propertiesCall(const char* member, const char* property = nullptr) const {
        Message call = client.call(member, propertiesInterface);
        EXPECT_GE(sd_bus_message_append(call.get(), "s", "org.pikvm.OtgNet1"), 0);
        if (property != nullptr) {
            EXPECT_GE(sd_bus_message_append(call.get(), "s", property), 0);
        }
        return call;
    }

    std::string get(const char* property) const {
        const Outcome outcome = client.await(propertiesCall("Get", property));
        return outcome.error.empty() ? textOf(outcome.reply.get()) : outcome.error;
    }

    /// A call with the arguments that its signature wants, empty ones.
    Message callOf(std::string_view method) const {
        Message call = client.call(std::string(method).c_str());
        if (method == "SetConfig") {
            EXPECT_GE(sd_bus_message_append(call.get(), "a{sv}b", 0, 0), 0);
        }
        if (method == "ResetConfig") {
            EXPECT_GE(sd_bus_message_append(call.get(), "asb", 0, 0), 0);
        }
        return call;
    }

    /// After everything that was emitted before has arrived.
    std::vector<std::string> signals() {
        client.await("GetConfig");
        return std::exchange(client.signals, {});
    }

    World world{{.cable = false}};
    BusService service{world};
    BusClient client;
};

TEST_F(BusFaceTest, EveryPropertyShowsItsOwnPart) {
    service.face->show(onlineStatus());
    const std::map<std::string, std::string> shown{
        {"Version", "'1.2.3'"},
        {"State", "'online'"},
        {"StateSince", "1700000000000001"},
        {"Enabled", "true"},
        {"Backend", "'networkd'"},
        {"Driver", "'ncm'"},
        {"Udc", "'fe980000.usb'"},
        {"UdcState", "'configured'"},
        {"Speed", "'high-speed'"},
        {"Carrier", "true"},
        {"Suspended", "false"},
        {"Gadget", "'kvmd'"},
        {"Interface", "'usb0'"},
        {"HostMac", "'48:6f:73:74:50:43'"},
        {"KvmMac", "'42:61:64:55:53:42'"},
        {"Address", "'172.30.30.1/24'"},
        {"Network", "'172.30.30.0/24'"},
        {"ForwardInterface", "'eth0'"},
        {"AllowIcmp", "true"},
        {"AllowTcp", "[80 443]"},
        {"AllowUdp", "[53]"},
        {"Dns", "['9.9.9.9']"},
        {"EndpointsUsed", "6"},
        {"EndpointsMax", "9"},
        {"Leases", "[('172.30.30.2' '48:6f:73:74:50:43' 'pc' 1700000000000000)]"},
        {"Warnings", "['/etc/kvmd/override.yaml:14: otgnet/x: unknown']"},
        {"LastError", "('org.pikvm.OtgNet.Error.Firewall' 'why')"},
    };
    const std::string all = textOf(client.await(propertiesCall("GetAll")).reply.get());
    for (const auto& [property, value] : shown) {
        EXPECT_EQ(get(property.c_str()), value) << property;
        EXPECT_THAT(all, HasSubstr("('" + property + "' " + value + ")"));
    }
    EXPECT_EQ(shown.size(), propertyTable().size() + 1); // and Version
    EXPECT_EQ(get("Nonsense"), "org.freedesktop.DBus.Error.UnknownProperty");
}

TEST_F(BusFaceTest, OneSignalTellsAllThatChanged) {
    Status status = onlineStatus();
    service.face->show(status);
    EXPECT_THAT(signals(), ElementsAre(StartsWith("PropertiesChanged('org.pikvm.OtgNet1' [('State' 'online')")));
    status.state = State::attached;
    status.leases.clear();
    status.udc.endpointsUsed = 1; // not shown
    service.face->show(status);
    service.face->show(status);
    EXPECT_THAT(signals(),
                ElementsAre("PropertiesChanged('org.pikvm.OtgNet1' [('State' 'attached') ('Leases' [])] [])"));
}

TEST_F(BusFaceTest, SignalsComeInOrder) {
    const LeaseRow lease{"172.30.30.2", "48:6f:73:74:50:43", "pc", 7};
    Status status;
    status.carrier = true;
    service.face->show(status);
    service.face->hostAttached("dummy_udc.0", "high-speed");
    service.face->leaseAdded(lease);
    service.face->leaseChanged(lease);
    for (const auto reason : {LeaseRemoval::released, LeaseRemoval::expired, LeaseRemoval::stopped})
        service.face->leaseRemoved(lease, reason);
    service.face->hostDetached("dummy_udc.0", "unplugged");
    EXPECT_THAT(signals(), ElementsAre("PropertiesChanged('org.pikvm.OtgNet1' [('Carrier' true)] [])",
                                       "HostAttached('dummy_udc.0' 'high-speed')",
                                       "LeaseAdded('172.30.30.2' '48:6f:73:74:50:43' 'pc' 7)",
                                       "LeaseChanged('172.30.30.2' '48:6f:73:74:50:43' 'pc' 7)",
                                       "LeaseRemoved('172.30.30.2' '48:6f:73:74:50:43' 'released')",
                                       "LeaseRemoved('172.30.30.2' '48:6f:73:74:50:43' 'expired')",
                                       "LeaseRemoved('172.30.30.2' '48:6f:73:74:50:43' 'stopped')",
                                       "HostDetached('dummy_udc.0' 'unplugged')"));
}

TEST_F(BusFaceTest, NothingUnprintableReachesTheBus) {
    const std::string hostile = "\xFF\x1B]0;\x07\n\xEF\xBF\xBF";
    const std::string clean = "\uFFFD\uFFFD]0;\uFFFD \uFFFD";
    Status status;
    status.warnings = {hostile};
    status.lastError.text = hostile;
    service.face->show(status);
    service.face->leaseAdded({"172.30.30.2", "48:6f:73:74:50:43", hostile, 0});
    service.face->hostDetached("u", hostile);
    service.intents.failure = std::make_exception_ptr(Error(ErrorCode::HookFailed, hostile));
    EXPECT_EQ(client.await("Enable").text, clean);
    EXPECT_THAT(signals(), ElementsAre("PropertiesChanged('org.pikvm.OtgNet1' [('Warnings' ['" + clean +
                                           "']) ('LastError' ('' '" + clean + "'))] [])",
                                       "LeaseAdded('172.30.30.2' '48:6f:73:74:50:43' '" + clean + "' 0)",
                                       "HostDetached('u' '" + clean + "')"));
}

TEST_F(BusFaceTest, EveryMethodBecomesItsIntent) {
    for (const GuardedMethod& guarded : guardedMethods)
        EXPECT_EQ(client.await(callOf(guarded.method)).error, "") << guarded.method;
    EXPECT_THAT(service.intents.calls,
                ElementsAre("enable", "disable", "replug", "reload", "setConfig", "resetConfig"));
}

TEST_F(BusFaceTest, EveryMethodCanGiveEveryError) {
    for (const GuardedMethod& guarded : guardedMethods) {
        for (int i = 0; i <= static_cast<int>(ErrorCode::Failed); ++i) {
            const Error error(static_cast<ErrorCode>(i), "otgnet/x: why " + std::to_string(i));
            service.intents.failure = std::make_exception_ptr(error);
            for (const bool throws : {false, true}) {
                service.intents.throws = throws;
                const Outcome outcome = client.await(callOf(guarded.method));
                EXPECT_EQ(outcome.error, errorName(error.code())) << guarded.method;
                EXPECT_EQ(outcome.text, error.what()) << guarded.method;
            }
        }
    }
}

TEST_F(BusFaceTest, AForeignExceptionIsAnErrorAndNoEnd) {
    service.intents.failure = std::make_exception_ptr(std::out_of_range("at()"));
    service.intents.configFailure = service.intents.failure;
    for (const bool throws : {false, true}) {
        service.intents.throws = throws;
        for (const GuardedMethod& guarded : guardedMethods)
            EXPECT_EQ(client.await(callOf(guarded.method)).error, failed) << guarded.method;
    }
    for (const char* method : {"GetConfig", "GetConfigOrigins"})
        EXPECT_EQ(client.await(callOf(method)).error, failed) << method;
}

TEST_F(BusFaceTest, AReplyWaitsForTheOutcome) {
    service.intents.holds = true;
    const auto enabled = client.send(callOf("Enable"));
    const auto reset = client.send(callOf("ResetConfig"));
    loopUntil([&] { return service.intents.held.size() == 2; }, "both intents");
    EXPECT_EQ(client.await("GetConfig").error, "");
    EXPECT_EQ(enabled->reply, nullptr);
    service.intents.held.at(1)(std::make_exception_ptr(Error(ErrorCode::Conflict, "eth0 has it")));
    service.intents.held.at(0)(nullptr);
    loopUntil([&] { return enabled->reply && reset->reply; }, "both replies");
    EXPECT_EQ(enabled->error, "");
    EXPECT_EQ(reset->error, "org.pikvm.OtgNet.Error.Conflict");
}

TEST_F(BusFaceTest, ACallThatIsDroppedIsAnswered) {
    service.intents.holds = true;
    const auto enabled = client.send(callOf("Enable"));
    loopUntil([&] { return service.intents.held.size() == 1; }, "the intent");
    service.intents.held.clear();
    loopUntil([&] { return enabled->reply != nullptr; }, "the reply");
    EXPECT_EQ(enabled->error, failed);
}

TEST_F(BusFaceTest, TheFirstAnswerCounts) {
    service.intents.holds = true;
    const auto enabled = client.send(callOf("Enable"));
    loopUntil([&] { return service.intents.held.size() == 1; }, "the intent");
    service.intents.held.at(0)(nullptr);
    service.intents.held.at(0)(std::make_exception_ptr(Error(ErrorCode::Busy, "too late")));
    service.intents.held.clear();
    loopUntil([&] { return enabled->reply != nullptr; }, "the reply");
    EXPECT_EQ(enabled->error, "");
    EXPECT_EQ(client.await("GetConfig").error, "");
}

TEST_F(BusFaceTest, SettingsTravelWithTheirTypes) {
    Message call = client.call("SetConfig");
    ASSERT_GE(sd_bus_message_append(call.get(), "a{sv}b", 5, "otgnet/firewall/allow_tcp", "ai", 2, 22, 80,
                                    "otg/devices/ethernet/kvm_mac", "s", "42:61:64:55:53:42", "otg/remote_wakeup", "b",
                                    1, "otg/config", "av", 0, "otgnet/dhcp/hosts", "aa{sv}", 1, 2, "mac", "s",
                                    "48:6f:73:74:50:43", "name", "s", "pc", 1),
              0);
    EXPECT_EQ(client.await(call).error, "");
    EXPECT_THAT(service.intents.calls, ElementsAre("setConfig persist"));
    service.intents.loaded.settings = service.intents.changes;
    EXPECT_EQ(service.intents.changes.at("otg/devices/ethernet/kvm_mac").raw, "42:61:64:55:53:42");
    EXPECT_EQ(textOf(client.await("GetConfig").reply.get()),
              "[('otg/config' []) ('otg/devices/ethernet/kvm_mac' '42:61:64:55:53:42') ('otg/remote_wakeup' true) "
              "('otgnet/dhcp/hosts' [[('mac' '48:6f:73:74:50:43') ('name' 'pc')]]) "
              "('otgnet/firewall/allow_tcp' [22 80])]");
}

TEST_F(BusFaceTest, OriginsAreShown) {
    service.intents.loaded.origins = {{"otg/udc", "default"}, {"otgnet/iface/net", "/etc/kvmd/override.yaml:14"}};
    EXPECT_EQ(textOf(client.await("GetConfigOrigins").reply.get()),
              "[('otg/udc' 'default') ('otgnet/iface/net' '/etc/kvmd/override.yaml:14')]");
}

TEST_F(BusFaceTest, ChoicesAreThoseThatTheSchemaTakes) {
    EXPECT_EQ(textOf(client.await("GetChoices").reply.get()),
              "[('otg/devices/ethernet/driver' ['ecm' 'eem' 'ncm' 'rndis' 'rndis5']) ('otgnet/dhcp/router' ['auto' "
              "'true' 'false']) ('otgnet/link/backend' ['auto' 'networkd' 'networkmanager']) ('otgnet/link/gadget' "
              "['auto' 'own' 'join'])]");
}

TEST_F(BusFaceTest, BadSettingsAreRefusedBeforeAnybodyIsAsked) {
    Message call = client.call("SetConfig");
    ASSERT_GE(sd_bus_message_append(call.get(), "a{sv}b", 1, "otgnet/x", "o", "/path", 0), 0);
    const Outcome outcome = client.await(call);
    EXPECT_EQ(outcome.error, "org.pikvm.OtgNet.Error.InvalidConfig");
    EXPECT_THAT(outcome.text, HasSubstr("otgnet/x: "));
    EXPECT_THAT(service.intents.calls, IsEmpty());
}

/// The most memory that this process has ever held, in KiB.
long peakMemory() {
    const std::string status = readFileIfExists("/proc/self/status").value();
    return std::stol(status.substr(status.find("VmHWM:") + 6));
}

/// A SetConfig of a list of variants: each item is two values, and would take a kilobyte.
Message listCall(const BusClient& client, std::size_t items) {
    Message call = client.call("SetConfig");
    EXPECT_GE(sd_bus_message_open_container(call.get(), 'a', "{sv}"), 0);
    EXPECT_GE(sd_bus_message_open_container(call.get(), 'e', "sv"), 0);
    EXPECT_GE(sd_bus_message_append(call.get(), "s", "otgnet/x"), 0);
    EXPECT_GE(sd_bus_message_open_container(call.get(), 'v', "av"), 0);
    EXPECT_GE(sd_bus_message_open_container(call.get(), 'a', "v"), 0);
    for (std::size_t i = 0; i < items; ++i)
        EXPECT_GE(sd_bus_message_append(call.get(), "v", "y", 1), 0);
    for (int open = 0; open < 4; ++open)
        EXPECT_GE(sd_bus_message_close_container(call.get()), 0);
    EXPECT_GE(sd_bus_message_append(call.get(), "b", 0), 0);
    return call;
}

constexpr std::size_t fittingItems = 4000;
constexpr std::size_t tooManyItems = 200'000;
constexpr long allowedKilobytes = 32'768; // unpacked they would have been 200 MB

TEST_F(BusFaceTest, ACallMayCarrySoMuch) {
    EXPECT_EQ(client.await(listCall(client, fittingItems)).error, "");
    const long before = peakMemory();
    EXPECT_EQ(client.await(listCall(client, tooManyItems)).error, limitsExceeded);
    EXPECT_LT(peakMemory() - before, allowedKilobytes);
    Message call = client.call("ResetConfig");
    const std::string key(CallLimit::maxText, 'a');
    ASSERT_GE(sd_bus_message_append(call.get(), "asb", 1, key.c_str(), 0), 0);
    EXPECT_EQ(client.await(call).error, limitsExceeded);
    EXPECT_THAT(service.intents.calls, ElementsAre("setConfig"));
}

TEST_F(BusFaceTest, ACallMayCarryNoMoreIfItWantsNoReply) {
    const auto sendOff = [&](std::size_t items) {
        const Message call = listCall(client, items);
        EXPECT_GE(sd_bus_message_set_expect_reply(call.get(), 0), 0);
        EXPECT_GE(sd_bus_send(client.get(), call.get(), nullptr), 0);
    };
    sendOff(fittingItems);
    const long before = peakMemory();
    sendOff(tooManyItems);
    EXPECT_EQ(client.await("Reload").error, "") << "it comes after them, if the connection outlives them";
    EXPECT_LT(peakMemory() - before, allowedKilobytes);
    EXPECT_THAT(service.intents.calls, ElementsAre("setConfig", "reload"));
}

TEST_F(BusFaceTest, PropertiesAreReadOnly) {
    Message call = propertiesCall("Set", "State");
    ASSERT_GE(sd_bus_message_append(call.get(), "v", "s", "online"), 0);
    EXPECT_EQ(client.await(call).error, "org.freedesktop.DBus.Error.PropertyReadOnly");
}

TEST_F(BusFaceTest, StandardInterfacesWork) {
    EXPECT_EQ(client.await(client.call("Ping", "org.freedesktop.DBus.Peer")).error, "");
    EXPECT_EQ(client.await(client.call("GetMachineId", "org.freedesktop.DBus.Peer")).error, "");
    EXPECT_EQ(client.await(client.call("Nonsense")).error, "org.freedesktop.DBus.Error.UnknownMethod");
}

/// "method Reload", "method GetConfig arg settings a{sv} out", … of the interface. sdbus-c++ 1.2 sorts the members by
/// name, so the order is left out.
std::vector<std::string> declarations(std::string xml) {
    const std::size_t begin = xml.find("<interface name=\"org.pikvm.OtgNet1\"");
    xml =
        std::regex_replace(xml.substr(begin, xml.find("</interface>", begin) - begin), std::regex("<!--[^]*?-->"), "");
    const std::regex tag("<(method|signal|property|arg) ([^>]*)>|EmitsChangedSignal\" value=\"(const)\"");
    std::vector<std::string> found;
    for (std::sregex_iterator match(xml.begin(), xml.end(), tag), end; match != end; ++match) {
        std::string text = (*match)[1].str() + (*match)[3].str();
        for (const char* attribute : {"name", "type", "direction", "access"}) {
            std::smatch value;
            const std::string attributes = (*match)[2];
            if (std::regex_search(attributes, value, std::regex(std::string(attribute) + "=\"([^\"]*)\"")))
                text += " " + value[1].str();
        }
        if (text.starts_with("arg") || text == "const")
            found.back() += " " + text;
        else
            found.push_back(text);
    }
    std::sort(found.begin(), found.end());
    return found;
}

TEST_F(BusFaceTest, TheObjectIsWhatTheXmlSays) {
    const Outcome outcome = client.await(client.call("Introspect", "org.freedesktop.DBus.Introspectable"));
    const char* xml = nullptr;
    ASSERT_GT(sd_bus_message_read(outcome.reply.get(), "s", &xml), 0);
    const auto source = readFileIfExists(OTGNET_SOURCE_DIR "/dbus/org.pikvm.OtgNet1.xml");
    EXPECT_EQ(declarations(xml), declarations(source.value()));
}

} // namespace
} // namespace otgnet::sandbox
