// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "base/error.hpp"
#include "base/file.hpp"
#include "bus/actions.hpp"
#include "core/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <regex>
#include <set>
#include <sstream>

namespace otgnet {
namespace {

std::string readMan(const std::string& page) {
    return readFileIfExists(OTGNET_BINARY_DIR "/man/" + page).value_or("");
}

/// First group of every match.
std::vector<std::string> all(const std::string& text, const std::string& pattern) {
    const std::regex expression(pattern);
    std::vector<std::string> out;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), expression); at != std::sregex_iterator(); ++at)
        out.push_back((*at)[1]);
    return out;
}

/// Members as declared: what they are, name, and arguments with types, in order.
TEST(ManPage, HasEveryMemberOfTheInterface) {
    const std::string xml = readFileIfExists(OTGNET_SOURCE_DIR "/dbus/org.pikvm.OtgNet1.xml").value_or("");
    const std::string page = readMan("org.pikvm.OtgNet.5");
    auto declared = all(xml, "<(?:method|signal) name=\"(\\w+)\"");
    EXPECT_GT(declared.size(), 12U);
    EXPECT_EQ(all(page, "\\.SS \"([A-Z]\\w+)\\("), declared);
    EXPECT_EQ(all(page, "\\.SS \"[a-z(){}]+ (\\w+)\""), all(xml, "<property name=\"(\\w+)\""));
    EXPECT_EQ(all(page, "\\.SS \"([a-z(){}]+) \\w+\""), all(xml, "<property name=\"\\w+\" type=\"([^\"]+)\""));
    for (const auto& argument : all(xml, "<arg name=\"(\\w+)\""))
        EXPECT_NE(page.find("\\fI" + argument + "\\fR"), std::string::npos) << argument;
}

/// What stands under the heading of a method.
std::string sectionOf(const std::string& page, const std::string_view method) {
    const auto begin = page.find(".SS \"" + std::string(method) + "(");
    return begin == std::string::npos ? "" : page.substr(begin, page.find("\n.S", begin) + 1 - begin);
}

TEST(ManPage, SaysWhatGuardsAMethod) {
    const std::string page = readMan("org.pikvm.OtgNet.5");
    for (const auto& [method, action] : guardedMethods)
        EXPECT_NE(sectionOf(page, method).find("\npolkit action: " + std::string(action) + "\n"), std::string::npos)
            << method;
    for (const auto& method : openMethods)
        EXPECT_NE(sectionOf(page, method).find("\npolkit action: none"), std::string::npos) << method;
}

/// Every error that is ours is explained once, and every method names those that it can give.
TEST(ManPage, SaysHowAMethodCanFail) {
    const std::string page = readMan("org.pikvm.OtgNet.5");
    std::set<std::string> named{"Busy"}; // by all of them, above the list
    for (const auto& [method, action] : guardedMethods) {
        const auto lines = all(sectionOf(page, method), "\nErrors: ([^\n]+)\n");
        ASSERT_EQ(lines.size(), 1U) << method;
        std::istringstream words(lines.front());
        for (std::string name; words >> name;)
            named.insert(name);
    }
    std::set<std::string> ours;
    for (int code = 0; code <= static_cast<int>(ErrorCode::Failed); ++code) {
        const std::string_view name = errorName(static_cast<ErrorCode>(code));
        EXPECT_NE(page.find(name.substr(name.rfind('.') + 1)), std::string::npos) << name << " is not explained";
        if (name.starts_with("org.pikvm."))
            ours.emplace(name.substr(name.rfind('.') + 1));
    }
    EXPECT_EQ(named, ours);
}

/// Key -> its paragraph, without the fonts.
std::map<std::string, std::string> documentedKeys() {
    std::map<std::string, std::string> out;
    std::istringstream lines(readMan("otgnet.yaml.5"));
    std::vector<std::string> current;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(".TP") || line.starts_with(".SH"))
            current.clear();
        else if (line.starts_with(".B") && current.empty())
            current = all(line, "(otg(?:net)?(?:/[a-z_]+)+)");
        else
            for (const auto& key : current)
                out[key] += line + "\n";
        for (const auto& key : current)
            out.try_emplace(key);
    }
    return out;
}

std::string scalarText(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value.data))
        return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value.data))
        return *number < 0 ? "\\" + std::to_string(*number) : std::to_string(*number);
    if (const auto* number = std::get_if<double>(&value.data))
        return std::to_string(static_cast<int>(*number));
    const auto* text = std::get_if<std::string>(&value.data);
    return text == nullptr ? "null" : text->empty() ? "empty" : *text;
}

std::string defaultText(const Value& value) {
    const auto* list = std::get_if<Value::List>(&value.data);
    if (list == nullptr)
        return scalarText(value);
    return list->empty() ? "none" : scalarText(list->front());
}

/// The page writes ids in hexadecimal.
std::string decimal(const std::string& text) {
    return text.starts_with("0x") ? std::to_string(std::stoul(text, nullptr, 16)) : text;
}

TEST(ManPage, HasEveryKeyWithItsDefault) {
    const auto documented = documentedKeys();
    std::set<std::string> known;
    for (const auto& key : allKeys()) {
        if (key.group == KeyGroup::kvmd)
            continue;
        known.insert(key.path);
        ASSERT_TRUE(documented.contains(key.path)) << key.path << " is not in otgnet.yaml(5)";
        if (key.group == KeyGroup::commands)
            continue; // long lines, described in words
        const auto written = all(documented.at(key.path), "Default: (.*)\\.\n");
        ASSERT_EQ(written.size(), 1U) << key.path;
        EXPECT_EQ(decimal(written.front()), defaultText(key.fallback)) << key.path;
    }
    for (const auto& [key, text] : documented)
        EXPECT_TRUE(known.contains(key)) << key << " is in otgnet.yaml(5) only";
}

} // namespace
} // namespace otgnet
