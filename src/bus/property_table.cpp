// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "bus/property_table.hpp"

#include "base/text.hpp"

#include <array>

namespace otgnet {

namespace {

template<auto member>
bool differs(const Status& before, const Status& after) {
    return before.*member != after.*member;
}

template<auto member>
bool udcDiffers(const Status& before, const Status& after) {
    return before.udc.*member != after.udc.*member;
}

constexpr std::array table{
    Property{"State", differs<&Status::state>},
    Property{"StateSince", differs<&Status::stateSince>},
    Property{"Enabled", differs<&Status::enabled>},
    Property{"Backend", differs<&Status::backend>},
    Property{"Driver", differs<&Status::driver>},
    Property{"Udc", udcDiffers<&UdcFacts::udc>},
    Property{"UdcState", udcDiffers<&UdcFacts::state>},
    Property{"Speed", udcDiffers<&UdcFacts::speed>},
    Property{"Carrier", differs<&Status::carrier>},
    Property{"Suspended", udcDiffers<&UdcFacts::suspended>},
    Property{"Gadget", differs<&Status::gadget>},
    Property{"Interface", differs<&Status::interface>},
    Property{"HostMac", differs<&Status::hostMac>},
    Property{"KvmMac", differs<&Status::kvmMac>},
    Property{"Address", differs<&Status::address>},
    Property{"Network", differs<&Status::network>},
    Property{"ForwardInterface", differs<&Status::forwardInterface>},
    Property{"AllowIcmp", differs<&Status::allowIcmp>},
    Property{"AllowTcp", differs<&Status::allowTcp>},
    Property{"AllowUdp", differs<&Status::allowUdp>},
    Property{"Dns", differs<&Status::dns>},
    Property{"EndpointsUsed", differs<&Status::endpointsUsed>},
    Property{"EndpointsMax", differs<&Status::endpointsMax>},
    Property{"Leases", differs<&Status::leases>},
    Property{"Warnings", differs<&Status::warnings>},
    Property{"LastError", differs<&Status::lastError>},
};

} // namespace

std::span<const Property> propertyTable() {
    return table;
}

std::vector<std::string_view> changedProperties(const Status& before, const Status& after) {
    std::vector<std::string_view> names;
    for (const Property& property : table) {
        if (property.differs(before, after))
            names.push_back(property.name);
    }
    return names;
}

LeaseRow printable(LeaseRow lease) {
    for (std::string* text : {&lease.address, &lease.mac, &lease.hostname})
        *text = printable(*text);
    return lease;
}

Status printable(Status status) {
    for (std::string* text :
         {&status.backend, &status.driver, &status.udc.udc, &status.udc.state, &status.udc.speed, &status.gadget,
          &status.interface, &status.hostMac, &status.kvmMac, &status.address, &status.network,
          &status.forwardInterface, &status.lastError.name, &status.lastError.text})
        *text = printable(*text);
    for (std::vector<std::string>* texts : {&status.dns, &status.warnings}) {
        for (std::string& text : *texts)
            text = printable(text);
    }
    for (LeaseRow& lease : status.leases)
        lease = printable(lease);
    return status;
}

} // namespace otgnet
