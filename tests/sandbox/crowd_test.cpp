// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Many who listen to the real otgnetd while a host comes and goes.

#include "base/file.hpp"
#include "sandbox/bus_client.hpp"
#include "sandbox/stage.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace otgnet::sandbox {
namespace {

using ::testing::ElementsAre;

#ifdef __SANITIZE_ADDRESS__
constexpr long allowedGrowth = 256 * 1024; ///< kB: what was freed is kept for a while
#else
constexpr long allowedGrowth = 1024; ///< kB
#endif

/// A connection to the bus that only listens, and compares what it hears with what comes round and round.
class Subscriber {
public:
    explicit Subscriber(const std::vector<std::string>& cycle) : cycle_(cycle) {
        if (sd_bus_open_system(&bus_) < 0 || sd_bus_match_signal(bus_, nullptr, "org.pikvm.OtgNet", "/org/pikvm/OtgNet",
                                                                 nullptr, nullptr, hear, this) < 0)
            throw std::runtime_error("cannot subscribe");
    }
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;
    ~Subscriber() { sd_bus_flush_close_unref(bus_); }

    /// Takes in what has come, so many at the least; they wait in the socket until then.
    void listen(std::size_t count) {
        const Deadline deadline(patience);
        for (;;) {
            while (sd_bus_process(bus_, nullptr) > 0) {
            }
            if (heard_ >= count)
                return;
            waitReadable(sd_bus_get_fd(bus_), deadline, "signal number " + std::to_string(count));
        }
    }

    std::size_t heard() const { return heard_; }
    /// The first signal that was not due, "" if there was none.
    const std::string& surprise() const { return surprise_; }

private:
    /// Name, and the arguments that are texts.
    static std::string describe(sd_bus_message* message) {
        std::string text = sd_bus_message_get_member(message);
        const char* argument = nullptr;
        while (text != "PropertiesChanged" && sd_bus_message_read(message, "s", &argument) > 0)
            text += std::string(" ") + argument;
        return text;
    }

    static int hear(sd_bus_message* message, void* self, sd_bus_error*) {
        auto& subscriber = *static_cast<Subscriber*>(self);
        const std::string text = describe(message);
        const std::string& due = subscriber.cycle_[subscriber.heard_++ % subscriber.cycle_.size()];
        if (text != due && subscriber.surprise_.empty())
            subscriber.surprise_ = text + " as number " + std::to_string(subscriber.heard_);
        return 0;
    }

    const std::vector<std::string>& cycle_;
    sd_bus* bus_ = nullptr;
    std::size_t heard_ = 0;
    std::string surprise_;
};

/// The host's interface is up, and the gadget is kvmd's: who unbinds it may bind it again when he likes, the service
/// only tells. For the host that is a cable pulled and plugged in, and nobody has to wait for a carrier to settle.
class Crowd : public ::testing::Test {
protected:
    void SetUp() override {
        stage_.startKvmd();
        Daemon::configure("otg: {devices: {ethernet: {enabled: true, driver: ncm}}, init_delay: 0.1}\n");
        stage_.call().Reload();
        stage_.world.plug();
        stage_.daemon.caller().until("the carrier", [&] { return stage_.call().Carrier(); });
        stage_.daemon.kernel().setSpeed("high-speed");
        stage_.kvmd->unbind();
        stage_.daemon.caller().until("the speed", [&] { return stage_.call().Speed() == "high-speed"; });
        witness_.subscribe();
    }

    void awaitSignals(std::size_t count) {
        loopUntil([&] { return witness_.signals.size() >= count; }, std::to_string(count) + " signals");
    }

    std::vector<std::string> comeAndGo() {
        stage_.kvmd->bind();
        stage_.daemon.kernel().setState("configured");
        awaitSignals(2);
        stage_.kvmd->unbind();
        awaitSignals(4);
        stage_.daemon.kernel().setState("not attached");
        awaitSignals(5);
        return std::exchange(witness_.signals, {});
    }

    void expectPromptAnswer() const {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(witness_.await("GetConfig").error, "");
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
    }

    long residentKilobytes() const {
        const std::string status = readFileIfExists("/proc/" + std::to_string(stage_.daemon.pid()) + "/status").value();
        return std::stol(status.substr(status.find("VmRSS:") + 6));
    }

    Stage stage_{"{}"};
    BusClient witness_;
};

TEST_F(Crowd, AHostThatComesAndGoesLeavesTheServiceSmallQuickAndRight) {
    constexpr std::size_t subscribers = 200;
    constexpr std::size_t rounds = 1000;
    const std::vector<std::string> cycle{"PropertiesChanged", "HostAttached dummy_udc.0 high-speed",
                                         "PropertiesChanged", "HostDetached dummy_udc.0 unbound", "PropertiesChanged"};
    const auto oneRound = ElementsAre(
        "PropertiesChanged('org.pikvm.OtgNet1' [('State' 'attached') ('UdcState' 'configured')] [])",
        "HostAttached('dummy_udc.0' 'high-speed')", "PropertiesChanged('org.pikvm.OtgNet1' [('State' 'waiting')] [])",
        "HostDetached('dummy_udc.0' 'unbound')",
        "PropertiesChanged('org.pikvm.OtgNet1' [('UdcState' 'not attached')] [])");
    std::vector<std::unique_ptr<Subscriber>> crowd;
    for (std::size_t i = 0; i < subscribers; ++i)
        crowd.push_back(std::make_unique<Subscriber>(cycle));
    long before = 0;
    for (std::size_t number = 1; number <= rounds; ++number) {
        ASSERT_THAT(comeAndGo(), oneRound);
        if (number % 10 == 0)
            for (const auto& subscriber : crowd)
                subscriber->listen(number * cycle.size());
        if (number % 100 == 0)
            expectPromptAnswer();
        if (number == 100)
            before = residentKilobytes();
    }
    EXPECT_LT(residentKilobytes(), before + allowedGrowth);
    for (const auto& subscriber : crowd) {
        EXPECT_EQ(subscriber->heard(), rounds * cycle.size());
        EXPECT_EQ(subscriber->surprise(), "");
    }
}

} // namespace
} // namespace otgnet::sandbox
