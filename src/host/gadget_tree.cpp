// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/gadget_tree.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace otgnet {

namespace {

using Reading = GadgetAttribute::Reading;

std::string hexadecimal(unsigned value) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%04x", value & 0xffffU);
    return text.data();
}

/// Some kernels show b_vendor_code through a signed char: 0xCD becomes -51 or 0xffffffcd.
std::optional<long> number(const std::string& text) {
    char* end = nullptr;
    const long value = std::strtol(text.c_str(), &end, 0);
    if (text.empty() || *end != '\0')
        return std::nullopt;
    return value < 0 || value > 0xffff ? value & 0xff : value;
}

bool hasDescriptors(Driver driver) {
    return driver == Driver::ncm || driver == Driver::rndis;
}

/// Without them Windows takes RNDIS for a serial port and has no driver for NCM. rndis5 must not have them.
void addIds(GadgetTree& tree, Driver driver, const std::string& function) {
    const std::string interface = function + "/os_desc/interface." + std::string(functionType(driver)) + "/";
    if (driver == Driver::ncm)
        tree.attributes.push_back({interface + "compatible_id", "WINNCM"});
    if (driver == Driver::rndis || driver == Driver::rndis5) {
        tree.attributes.push_back({interface + "compatible_id", driver == Driver::rndis ? "RNDIS" : ""});
        tree.attributes.push_back({interface + "sub_compatible_id", driver == Driver::rndis ? "5162001" : ""});
    }
}

void addDescriptors(GadgetTree& tree) {
    tree.attributes.push_back({"os_desc/use", "1", Reading::number});
    tree.attributes.push_back({"os_desc/b_vendor_code", "0xcd", Reading::number});
    tree.attributes.push_back({"os_desc/qw_sign", "MSFT100"});
    tree.links.push_back({"os_desc/c.1", "configs/c.1"});
}

} // namespace

bool holds(const GadgetAttribute& attribute, std::string_view found) {
    if (attribute.reading == Reading::changes)
        return true;
    std::string text(found);
    std::erase(text, '\0');
    text.erase(text.find_last_not_of('\n') + 1);
    if (attribute.reading == Reading::number)
        return number(text) && number(text) == number(attribute.value);
    return text == attribute.value;
}

GadgetTree describeFunction(const GadgetPlan& plan) {
    const std::string function = "functions/" + plan.function();
    GadgetTree tree;
    tree.directories = {function};
    tree.attributes = {{function + "/host_addr", plan.hostMac.text()}, {function + "/dev_addr", plan.kvmMac.text()}};
    addIds(tree, plan.driver, function);
    if (hasDescriptors(plan.driver))
        addDescriptors(tree);
    tree.links.push_back({"configs/c.1/" + plan.function(), function});
    return tree;
}

GadgetTree describeGadget(const GadgetPlan& plan) {
    const std::string strings = "strings/0x409";
    const std::string configuration = "configs/c.1/strings/0x409";
    GadgetTree tree{
        .directories = {"", strings, "configs/c.1"},
        .attributes = {{"idVendor", hexadecimal(plan.vendorId), Reading::number},
                       {"idProduct", hexadecimal(plan.productId), Reading::number},
                       {"bcdDevice", hexadecimal(plan.deviceVersion), Reading::number},
                       {"bcdUSB", hexadecimal(plan.usbVersion), Reading::changes},
                       {strings + "/manufacturer", plan.manufacturer},
                       {strings + "/product", plan.product},
                       {strings + "/serialnumber", plan.serial.value_or("")},
                       {"configs/c.1/MaxPower", std::to_string(plan.maxPower), Reading::number},
                       {"configs/c.1/bmAttributes", plan.remoteWakeup ? "0xa0" : "0x80", Reading::number}},
        .links = {},
    };
    if (plan.configuration) {
        tree.directories.push_back(configuration);
        tree.attributes.push_back({configuration + "/configuration", *plan.configuration});
    }
    if (!hasDescriptors(plan.driver))
        tree.attributes.push_back({"os_desc/use", "0", Reading::number});
    const GadgetTree function = describeFunction(plan);
    tree.directories.insert(tree.directories.end(), function.directories.begin(), function.directories.end());
    tree.attributes.insert(tree.attributes.end(), function.attributes.begin(), function.attributes.end());
    tree.links = function.links;
    return tree;
}

} // namespace otgnet
