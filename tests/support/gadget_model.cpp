// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "support/gadget_model.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace otgnet::support {

namespace {

std::optional<unsigned long> number(std::string_view text, unsigned long limit) {
    const std::string copy(text.substr(0, text.find('\n')));
    char* end = nullptr;
    const unsigned long value = std::strtoul(copy.c_str(), &end, 0);
    return copy.empty() || *end != '\0' || value > limit ? std::nullopt : std::optional{value};
}

std::optional<std::string> hexadecimal(std::string_view text, unsigned long limit) {
    const auto value = number(text, limit);
    if (!value)
        return std::nullopt;
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), limit > 0xff ? "0x%04lx\n" : "0x%02lx\n", *value);
    return buffer.data();
}

std::optional<std::string> macAddress(std::string_view text) {
    std::array<unsigned, 6> b{};
    if (std::sscanf(std::string(text).c_str(), "%2x:%2x:%2x:%2x:%2x:%2x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) !=
        6)
        return std::nullopt;
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%02x:%02x:%02x:%02x:%02x:%02x\n", b[0], b[1], b[2], b[3], b[4], b[5]);
    return buffer.data();
}

std::string line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n'))) + '\n';
}

/// Eight bytes without a newline, filled up with NUL.
std::string compatibleId(std::string_view text) {
    std::string id(text.substr(0, text.find('\n')));
    id.resize(8, '\0');
    return id;
}

bool endsWith(const std::string& path, std::string_view name) {
    return path.ends_with("/" + std::string(name));
}

} // namespace

std::vector<Template> gadgetTemplate() {
    return {{"bDeviceClass", "0x00\n"},
            {"bDeviceSubClass", "0x00\n"},
            {"bDeviceProtocol", "0x00\n"},
            {"bMaxPacketSize0", "0x00\n"},
            {"idVendor", "0x0000\n"},
            {"idProduct", "0x0000\n"},
            {"bcdDevice", "0x0601\n"},
            {"bcdUSB", "0x0000\n"},
            {"UDC", "\n"},
            {"max_speed", "super-speed\n"},
            {"functions/"},
            {"configs/"},
            {"strings/"},
            {"os_desc/"},
            {"os_desc/use", "0\n"},
            {"os_desc/b_vendor_code", "0x00\n"},
            {"os_desc/qw_sign", "\n"}};
}

std::vector<Template> configTemplate() {
    return {{"MaxPower", "2\n"}, {"bmAttributes", "0x80\n"}, {"strings/"}};
}

std::vector<Template> stringsTemplate(bool ofConfig) {
    if (ofConfig)
        return {{"configuration", "\n"}};
    return {{"manufacturer", "\n"}, {"product", "\n"}, {"serialnumber", "\n"}};
}

bool isNetwork(std::string_view type) {
    return type == "ecm" || type == "eem" || type == "ncm" || type == "rndis";
}

std::optional<std::vector<Template>> functionTemplate(std::string_view type) {
    const std::string id(8, '\0');
    std::vector<Template> network{{"dev_addr", "5e:aa:00:00:00:01\n"},
                                  {"host_addr", "5e:aa:00:00:00:02\n"},
                                  {"ifname", "(unnamed net_device)\n"},
                                  {"qmult", "5\n"}};
    if (type == "ecm" || type == "eem")
        return network;
    if (type == "ncm" || type == "rndis") {
        const std::string interface = "os_desc/interface." + std::string(type) + "/";
        for (const Template& t : {Template{"os_desc/"}, Template{interface}, Template{interface + "compatible_id", id},
                                  Template{interface + "sub_compatible_id", id}})
            network.push_back(t);
        return network;
    }
    if (type == "hid")
        return std::vector<Template>{{"protocol", "0\n"}, {"subclass", "0\n"},        {"report_length", "0\n"},
                                     {"report_desc", ""}, {"no_out_endpoint", "0\n"}, {"dev", "240:0\n"}};
    if (type == "mass_storage")
        return std::vector<Template>{{"stall", "1\n"}, {"lun.0/"}, {"lun.0/file", "\n"}, {"lun.0/ro", "0\n"}};
    if (type == "acm")
        return std::vector<Template>{{"port_num", "0\n"}};
    if (type == "uac2")
        return std::vector<Template>{{"c_chmask", "3\n"}, {"p_chmask", "3\n"}};
    return std::nullopt;
}

std::optional<std::string> stored(const std::string& path, std::string_view text) {
    for (const char* name : {"idVendor", "idProduct", "bcdDevice", "bcdUSB"})
        if (endsWith(path, name))
            return hexadecimal(text, 0xffff);
    if (endsWith(path, "bmAttributes") || endsWith(path, "b_vendor_code"))
        return hexadecimal(text, 0xff);
    if (endsWith(path, "MaxPower")) {
        const auto value = number(text, 2040);
        return value ? std::optional{std::to_string(*value) + '\n'} : std::nullopt;
    }
    if (endsWith(path, "use")) {
        const bool known = text.starts_with("0") || text.starts_with("1");
        return known ? std::optional{std::string(text.substr(0, 1)) + '\n'} : std::nullopt;
    }
    if (endsWith(path, "dev_addr") || endsWith(path, "host_addr"))
        return macAddress(text);
    if (endsWith(path, "compatible_id") || endsWith(path, "sub_compatible_id"))
        return compatibleId(text);
    if (endsWith(path, "report_desc"))
        return std::string(text);
    if (path.find("/strings/") != std::string::npos && text.size() > 126)
        return std::nullopt;
    return line(text);
}

} // namespace otgnet::support
