// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "sandbox/bus.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <filesystem>
#include <stdexcept>

namespace otgnet::sandbox {

namespace {

/// The stock policy of /usr/share/dbus-1/system.conf, without activation. Type "system" makes sd-bus, GDBus and polkit
/// take it for the real thing.
constexpr const char* policy = R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <includedir>/usr/share/dbus-1/system.d</includedir>
  <includedir>/etc/dbus-1/system.d</includedir>
  <includedir>/run/dbus/system.d</includedir>
</busconfig>
)";

constexpr const char* configuration = "/run/dbus/sandbox.conf";

int busChecked(int result, const std::string& what) {
    if (result < 0)
        throw systemError(ErrorCode::Failed, what, -result);
    return result;
}

struct Reply {
    sd_bus_message* message = nullptr;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    Reply() = default;
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply() {
        sd_bus_error_free(&error);
        sd_bus_message_unref(message);
    }
};

std::string readBasic(sd_bus_message* message, char type) {
    if (type == 'b') {
        int flag = 0;
        busChecked(sd_bus_message_read(message, "b", &flag), "read a property");
        return flag != 0 ? "true" : "false";
    }
    const char* text = nullptr;
    busChecked(sd_bus_message_read_basic(message, type, &text), "read a property");
    return text;
}

int ignore(sd_bus_message*, void*, sd_bus_error*) {
    return 0;
}

} // namespace

Process startBus() {
    std::filesystem::create_directories("/run/dbus/system.d");
    writeFileAtomic(configuration, policy, 0644, ErrorCode::Failed);
    Process daemon(
        {"dbus-daemon", std::string("--config-file=") + configuration, "--nofork", "--nopidfile", "--print-address=1"});
    daemon.expect("unix:path="); // printed when it listens
    return daemon;
}

Bus::Bus() {
    busChecked(sd_bus_open_system(&bus_), "connect to the private bus");
}

Bus::~Bus() {
    sd_bus_flush_close_unref(bus_);
}

bool Bus::hasOwner(const std::string& name) {
    Reply reply;
    busChecked(sd_bus_call_method(bus_, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                  "NameHasOwner", &reply.error, &reply.message, "s", name.c_str()),
               "ask for the owner of " + name);
    return readBasic(reply.message, 'b') == "true";
}

void Bus::waitUntil(const std::string& match, const std::string& what, const std::function<bool()>& condition) {
    sd_bus_slot* slot = nullptr;
    busChecked(sd_bus_add_match(bus_, &slot, match.c_str(), ignore, nullptr), "watch the bus");
    const std::unique_ptr<sd_bus_slot, decltype(&sd_bus_slot_unref)> keeper(slot, sd_bus_slot_unref);
    const Deadline deadline(patience);
    while (!condition()) {
        while (busChecked(sd_bus_process(bus_, nullptr), "serve the bus") == 0) {
            if (deadline.milliseconds() == 0)
                throw TimedOut(what);
            busChecked(sd_bus_wait(bus_, static_cast<std::uint64_t>(deadline.milliseconds()) * 1000), "wait");
        }
    }
}

void Bus::waitForOwner(const std::string& name) {
    waitUntil("type='signal',member='NameOwnerChanged',arg0='" + name + "'", name, [&] { return hasOwner(name); });
}

void Bus::waitForNoOwner(const std::string& name) {
    waitUntil("type='signal',member='NameOwnerChanged',arg0='" + name + "'", "the end of " + name,
              [&] { return !hasOwner(name); });
}

std::string Bus::property(const std::string& service, const std::string& path, const std::string& interface,
                          const std::string& name) {
    Reply reply;
    const std::string what = path + " " + interface + "." + name;
    if (sd_bus_call_method(bus_, service.c_str(), path.c_str(), "org.freedesktop.DBus.Properties", "Get", &reply.error,
                           &reply.message, "ss", interface.c_str(), name.c_str()) < 0)
        throw std::runtime_error(what + ": " + (reply.error.message != nullptr ? reply.error.message : "no answer"));
    const char* contents = nullptr;
    char type = 0;
    busChecked(sd_bus_message_peek_type(reply.message, &type, &contents), what);
    const std::string signature = contents;
    busChecked(sd_bus_message_enter_container(reply.message, 'v', signature.c_str()), what);
    return readBasic(reply.message, signature.at(0));
}

void Bus::waitForProperty(const std::string& service, const std::string& path, const std::string& interface,
                          const std::string& name, const std::string& value) {
    waitUntil("type='signal',member='PropertiesChanged',path='" + path + "'", name + " to be " + value,
              [&] { return property(service, path, interface, name) == value; });
}

void Bus::waitForObject(const std::string& service, const std::string& path, const std::string& interface,
                        const std::string& name) {
    waitUntil("type='signal',sender='" + service + "'", path, [&] {
        try {
            property(service, path, interface, name);
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    });
}

} // namespace otgnet::sandbox
