// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Tells who comes and goes at the other end of the cable. Build it with
//   sdbus-c++-xml2cpp --proxy=otgnet-proxy.hpp /usr/share/dbus-1/interfaces/org.pikvm.OtgNet1.xml
//   c++ -std=c++20 -I. subscriber.cpp $(pkg-config --cflags --libs sdbus-c++) -o subscriber
#include <iostream>
#include <otgnet-proxy.hpp>

#if __has_include(<sdbus-c++/VTableItems.h>) // sdbus-c++ 2
using sdbus::ServiceName;
#else
using ServiceName = std::string;
#endif

class Subscriber final : public sdbus::ProxyInterfaces<org::pikvm::OtgNet1_proxy> {
public:
    explicit Subscriber(sdbus::IConnection& bus)
        : ProxyInterfaces(bus, ServiceName{"org.pikvm.OtgNet"}, sdbus::ObjectPath{"/org/pikvm/OtgNet"}) {
        registerProxy();
    }
    ~Subscriber() { unregisterProxy(); }

private:
    using Text = const std::string&;
    void onHostAttached(Text udc, Text speed) override { std::cout << udc << ": attached, " << speed << std::endl; }
    void onHostDetached(Text udc, Text reason) override { std::cout << udc << ": gone, " << reason << std::endl; }
    void onLeaseAdded(Text ip, Text, Text host, const uint64_t&) override {
        std::cout << ip << " " << host << std::endl;
    }
    void onLeaseChanged(Text, Text, Text, const uint64_t&) override {}
    void onLeaseRemoved(Text ip, Text, Text reason) override { std::cout << ip << " " << reason << std::endl; }
};

int main() {
    const auto bus = sdbus::createSystemBusConnection();
    Subscriber subscriber(*bus);
    std::cout << "state: " << subscriber.State() << std::endl;
    bus->enterEventLoop();
}
