// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Calls a method of the service and tells (on stdout, or to --to) what happens: "AT :1.7" once on the bus, then
/// "RETURN" or "ERROR name text". With --agent it is a polkit authentication agent for itself as well: "AGENT" once
/// registered, "BEGIN cookie action message" when polkit asks the person, "CANCEL cookie" when it gives up. The test,
/// as root, plays the helper that checks the password; SIGUSR1 ends the dialog, SIGUSR2 dismisses it.

#include <CLI/CLI.hpp>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace {

int checked(int result, const char* what) {
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), what);
    return result;
}

struct Options {
    std::string method;
    std::vector<std::string> settings;
    bool interactive = false;
    bool agent = false;
    bool persist = false;
    unsigned times = 1;
    std::string to;
};

struct Caller {
    sd_event* loop = nullptr;
    sd_bus* bus = nullptr;
    sd_bus_message* dialog = nullptr; ///< the BeginAuthentication that is not answered yet
    unsigned unanswered = 0;
};

std::ostream* listener = &std::cout;

template<class... Words>
void say(const Words&... words) {
    ((*listener << words << ' '), ...) << std::endl;
}

int onBegin(sd_bus_message* message, void* self, sd_bus_error*) {
    const char *action = nullptr, *text = nullptr, *icon = nullptr, *cookie = nullptr;
    checked(sd_bus_message_read(message, "sss", &action, &text, &icon), "read BeginAuthentication");
    checked(sd_bus_message_skip(message, "a{ss}"), "skip the details");
    checked(sd_bus_message_read(message, "s", &cookie), "read the cookie");
    static_cast<Caller*>(self)->dialog = sd_bus_message_ref(message);
    say("BEGIN", cookie, action, text);
    return 1;
}

int onCancel(sd_bus_message* message, void*, sd_bus_error*) {
    const char* cookie = nullptr;
    checked(sd_bus_message_read(message, "s", &cookie), "read CancelAuthentication");
    say("CANCEL", cookie);
    return sd_bus_reply_method_return(message, nullptr);
}

const sd_bus_vtable agentTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("BeginAuthentication", "sssa{ss}sa(sa{sv})", "", onBegin, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("CancelAuthentication", "s", "", onCancel, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

int onSignal(sd_event_source*, const signalfd_siginfo* signal, void* self) {
    sd_bus_message* dialog = static_cast<Caller*>(self)->dialog;
    if (signal->ssi_signo == SIGUSR1)
        checked(sd_bus_reply_method_return(dialog, nullptr), "end the dialog");
    else
        checked(sd_bus_reply_method_errorf(dialog, "org.freedesktop.PolicyKit1.Error.Cancelled", "dismissed"),
                "dismiss the dialog");
    return 0;
}

/// Field 22 of /proc/self/stat; polkit identifies a process by it.
std::uint64_t startTime() {
    std::ifstream file("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        fields >> field;
    return std::stoull(field);
}

void becomeAgent(Caller& self) {
    constexpr const char* path = "/org/pikvm/TestAgent";
    checked(sd_bus_add_object_vtable(self.bus, nullptr, path, "org.freedesktop.PolicyKit1.AuthenticationAgent",
                                     agentTable, &self),
            "add the agent");
    for (const int number : {SIGUSR1, SIGUSR2})
        checked(sd_event_add_signal(self.loop, nullptr, number, onSignal, &self), "watch a signal");
    checked(sd_bus_call_method(self.bus, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                               "org.freedesktop.PolicyKit1.Authority", "RegisterAuthenticationAgent", nullptr, nullptr,
                               "(sa{sv})ss", "unix-process", 3, "pid", "u", getpid(), "start-time", "t", startTime(),
                               "uid", "i", static_cast<int>(getuid()), "C", path),
            "register the agent");
    say("AGENT");
}

/// "key=value" as a text for SetConfig, "key" for ResetConfig.
void appendArguments(sd_bus_message* message, const Options& options) {
    const bool set = options.method == "SetConfig";
    if (!set && options.method != "ResetConfig")
        return;
    checked(sd_bus_message_open_container(message, 'a', set ? "{sv}" : "s"), "append");
    for (const std::string& setting : options.settings) {
        const std::string key = setting.substr(0, setting.find('='));
        const std::string value = setting.substr(std::min(key.size() + 1, setting.size()));
        checked(set ? sd_bus_message_append(message, "{sv}", key.c_str(), "s", value.c_str())
                    : sd_bus_message_append(message, "s", key.c_str()),
                "append");
    }
    checked(sd_bus_message_close_container(message), "append");
    checked(sd_bus_message_append(message, "b", options.persist ? 1 : 0), "append");
}

int onReply(sd_bus_message* message, void* self, sd_bus_error*) {
    const sd_bus_error* error = sd_bus_message_get_error(message);
    if (error != nullptr)
        say("ERROR", error->name, error->message);
    else
        say("RETURN");
    Caller& caller = *static_cast<Caller*>(self);
    return --caller.unanswered > 0 ? 0 : sd_event_exit(caller.loop, 0);
}

void call(Caller& self, const Options& options) {
    sd_bus_message* message = nullptr;
    checked(sd_bus_message_new_method_call(self.bus, &message, "org.pikvm.OtgNet", "/org/pikvm/OtgNet",
                                           "org.pikvm.OtgNet1", options.method.c_str()),
            "make a call");
    checked(sd_bus_message_set_allow_interactive_authorization(message, options.interactive ? 1 : 0), "set the flag");
    appendArguments(message, options);
    checked(sd_bus_call_async(self.bus, nullptr, message, onReply, &self, UINT64_MAX), "call");
    sd_bus_message_unref(message);
    ++self.unanswered;
}

int run(const Options& options) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGUSR1, SIGUSR2})
        sigaddset(&signals, number);
    sigprocmask(SIG_BLOCK, &signals, nullptr);

    Caller self;
    checked(sd_event_default(&self.loop), "make a loop");
    checked(sd_bus_open_system(&self.bus), "connect");
    checked(sd_bus_attach_event(self.bus, self.loop, 0), "attach");
    const char* name = nullptr;
    checked(sd_bus_get_unique_name(self.bus, &name), "connect");
    say("AT", name);
    if (options.agent)
        becomeAgent(self);
    for (unsigned i = 0; i < options.times; ++i)
        call(self, options);
    return checked(sd_event_loop(self.loop), "run");
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("calls one method of org.pikvm.OtgNet1");
    app.add_option("method", options.method)->required();
    app.add_option("settings", options.settings, "KEY=VALUE for SetConfig, KEY for ResetConfig");
    app.add_flag("--interactive", options.interactive, "allow polkit to ask a person");
    app.add_flag("--agent", options.agent, "be the person's authentication agent");
    app.add_flag("--persist", options.persist, "change the settings for good");
    app.add_option("--times", options.times, "call so often at once");
    app.add_option("--to", options.to, "a file or FIFO to tell");
    CLI11_PARSE(app, argc, argv);
    std::ofstream file;
    if (!options.to.empty()) {
        file.open(options.to);
        listener = &file;
    }
    try {
        return run(options);
    } catch (const std::exception& e) {
        say("BROKEN", e.what());
        return 2;
    }
}
