// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "guest/keyboard.hpp"

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/loop.hpp"
#include "guest/service.hpp"
#include "sandbox/process.hpp"
#include "sandbox/system_call.hpp"
#include "sandbox/wait.hpp"

#include <fcntl.h>
#include <linux/input.h>
#include <unistd.h>

#include <array>

namespace otgnet::guest {

namespace {

using sandbox::checked;
using sandbox::Deadline;
using sandbox::KvmdFunction;

/// As the keyboard is the first function, it is interface 0 of the device.
constexpr const char* hostKeyboard = "/dev/input/by-path/platform-dummy_hcd.0-usb-0:1:1.0-event-kbd";

std::string bytes(std::initializer_list<unsigned char> list) {
    return {list.begin(), list.end()};
}

/// The boot keyboard of the HID specification 1.11, appendix E.6.
std::string keyboardReport() {
    return bytes({0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01,
                  0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x03, 0x95, 0x05, 0x75, 0x01,
                  0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x03, 0x95, 0x06,
                  0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0});
}

/// Eight buttons, X and Y of 16 bits, a wheel: six bytes.
std::string absoluteMouseReport() {
    return bytes({0x05, 0x01, 0x09, 0x02, 0xa1, 0x01, 0x05, 0x09, 0x19, 0x01, 0x29, 0x08, 0x15, 0x00,
                  0x25, 0x01, 0x95, 0x08, 0x75, 0x01, 0x81, 0x02, 0x05, 0x01, 0x09, 0x30, 0x09, 0x31,
                  0x16, 0x01, 0x80, 0x26, 0xff, 0x7f, 0x75, 0x10, 0x95, 0x02, 0x81, 0x02, 0x09, 0x38,
                  0x15, 0x81, 0x25, 0x7f, 0x75, 0x08, 0x95, 0x01, 0x81, 0x06, 0xc0});
}

/// Eight buttons, X, Y and a wheel of eight bits: four bytes.
std::string relativeMouseReport() {
    return bytes({0x05, 0x01, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x01, 0xa1, 0x00, 0x05, 0x09, 0x19, 0x01, 0x29, 0x08,
                  0x15, 0x00, 0x25, 0x01, 0x95, 0x08, 0x75, 0x01, 0x81, 0x02, 0x05, 0x01, 0x09, 0x30, 0x09, 0x31,
                  0x09, 0x38, 0x15, 0x81, 0x25, 0x7f, 0x75, 0x08, 0x95, 0x03, 0x81, 0x06, 0xc0, 0xc0});
}

KvmdFunction hid(unsigned number, const std::string& description, const std::string& starter,
                 const std::array<const char*, 3>& protocolSubclassLength, const std::string& report) {
    return {"hid.usb" + std::to_string(number),
            description,
            1,
            starter,
            {{"no_out_endpoint", "1"},
             {"wakeup_on_write", "1"},
             {"protocol", protocolSubclassLength[0]},
             {"subclass", protocolSubclassLength[1]},
             {"report_length", protocolSubclassLength[2]},
             {"report_desc", report}}};
}

/// Whether the host has heard the key; it has not if the device went away under us.
bool isHeard(int events, std::uint16_t key, const Deadline& deadline) {
    input_event event{};
    for (;;) {
        sandbox::waitReadable(events, deadline, "a key at the host");
        if (::read(events, &event, sizeof event) != sizeof event)
            return false;
        if (event.type == EV_KEY && event.code == key && event.value == 1)
            return true;
    }
}

bool pressAndHear(const Deadline& deadline) {
    constexpr std::array<unsigned char, 8> keyA{0, 0, 0x04};
    constexpr std::array<unsigned char, 8> none{};
    const Fd events(::open(hostKeyboard, O_RDONLY | O_CLOEXEC));
    const Fd keyboard(::open("/dev/hidg0", O_RDWR | O_CLOEXEC));
    if (!events || !keyboard || ::write(keyboard.get(), keyA.data(), keyA.size()) < 0)
        return false;
    return isHeard(events.get(), KEY_A, deadline) && ::write(keyboard.get(), none.data(), none.size()) > 0;
}

} // namespace

KeyboardGadget::KeyboardGadget()
    : KvmdGadget("/sys/kernel/config/usb_gadget", "/run/kvmd/otg",
                 {hid(0, "Keyboard", R"("hid", "keyboard")", {"1", "1", "8"}, keyboardReport()),
                  hid(1, "Absolute Mouse", R"("hid", "mouse")", {"0", "0", "6"}, absoluteMouseReport()),
                  hid(2, "Relative Mouse", R"("hid", "mouse_alt")", {"2", "1", "4"}, relativeMouseReport())}) {}

KeyboardGadget::~KeyboardGadget() {
    guard("taking kvmd's gadget down", [this] {
        if (std::filesystem::exists("/sys/kernel/config/usb_gadget/kvmd"))
            stop();
    });
}

void KeyboardGadget::relinkAll(const std::function<void()>& beforeTheBind) const {
    unbind();
    const auto all = links();
    for (const std::string& name : all)
        unlink(name);
    for (const std::string& name : all)
        link(name);
    beforeTheBind();
    bind();
}

void KeyboardGadget::type() const {
    const Deadline deadline(patience);
    do
        sandbox::run({"udevadm", "wait", "--timeout=60", "--initialized=yes", hostKeyboard});
    while (!pressAndHear(deadline) && deadline.milliseconds() > 0);
    if (deadline.milliseconds() == 0)
        throw sandbox::TimedOut("the keyboard");
}

} // namespace otgnet::guest
