// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The declarations of the bus interface say the same: XML, table of actions, table of properties, policy, bus policy.
#include "bus/actions.hpp"
#include "bus/property_table.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace otgnet {
namespace {

using ::testing::HasSubstr;

std::string source(const std::string& path) {
    return readFileIfExists(std::string(OTGNET_SOURCE_DIR "/") + path).value();
}

/// First capture of every match.
std::vector<std::string> all(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
        found.push_back((*match)[1]);
    return found;
}

const std::string& interfaceXml() {
    static const std::string xml = source("dbus/org.pikvm.OtgNet1.xml");
    return xml;
}

/// The comment that stands right above the member, "" if there is none.
std::string prose(const std::string& kind, const std::string& member) {
    const std::size_t at = interfaceXml().find("<" + kind + " name=\"" + member + "\"");
    const std::size_t end = interfaceXml().rfind("-->", at);
    const std::size_t begin = interfaceXml().rfind("<!--", at);
    const std::string between = interfaceXml().substr(end + 3, at - end - 3);
    return between.find_first_not_of(" \n") == std::string::npos ? interfaceXml().substr(begin, end - begin) : "";
}

std::vector<std::string> members(const std::string& kind) {
    return all(interfaceXml(), "<" + kind + " name=\"(\\w+)\"");
}

/// The element of a member, arguments and annotations included.
std::string element(const std::string& kind, const std::string& member) {
    const std::size_t at = interfaceXml().find("<" + kind + " name=\"" + member + "\"");
    return interfaceXml().substr(at, interfaceXml().find("</" + kind + ">", at) - at);
}

std::string actionInProse(const std::string& method) {
    const auto actions = all(prose("method", method), "\n +polkit: ([^\n]+)");
    return actions.size() == 1 ? actions.front() : "";
}

TEST(Interface, EveryMethodHasAnActionOrOnlyReads) {
    std::set<std::string> declared;
    for (const GuardedMethod& guarded : guardedMethods) {
        EXPECT_EQ(actionInProse(std::string(guarded.method)), guarded.action);
        EXPECT_EQ(actionOf(guarded.method), guarded.action);
        declared.emplace(guarded.method);
    }
    for (const std::string_view method : openMethods) {
        EXPECT_THAT(actionInProse(std::string(method)), HasSubstr("reading is free"));
        EXPECT_THAT(element("method", std::string(method)), ::testing::Not(HasSubstr("direction=\"in\"")));
        declared.emplace(method);
    }
    const auto inXml = members("method");
    EXPECT_EQ(declared, std::set<std::string>(inXml.begin(), inXml.end()));
}

TEST(Interface, AForgottenMethodIsDenied) {
    try {
        actionOf("Nonsense");
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::NotAuthorized);
    }
}

TEST(Interface, GuardedMethodsAnswerLater) {
    for (const GuardedMethod& guarded : guardedMethods)
        EXPECT_THAT(element("method", std::string(guarded.method)),
                    HasSubstr(R"(name="org.freedesktop.DBus.Method.Async" value="server")"));
}

TEST(Interface, PolicyHoldsTheActionsOfTheTable) {
    std::set<std::string> table;
    for (const GuardedMethod& guarded : guardedMethods)
        table.emplace(guarded.action);
    const std::string policy = source("polkit/org.pikvm.OtgNet.policy");
    const auto actions = all(policy, "<action id=\"([^\"]+)\"");
    EXPECT_EQ(table, std::set<std::string>(actions.begin(), actions.end()));
    const std::vector<std::string> admin(actions.size(), "auth_admin");
    EXPECT_EQ(all(policy, "<allow_any>(\\w+)<"), admin);
    EXPECT_EQ(all(policy, "<allow_inactive>(\\w+)<"), admin);
    EXPECT_EQ(all(policy, "<allow_active>(\\w+)<"), std::vector<std::string>(actions.size(), "auth_admin_keep"));
    EXPECT_EQ(all(policy, "<(description|message) gettext-domain=\"otgnet\">").size(), 2 * actions.size());
}

TEST(Interface, PropertiesAreThoseOfTheTable) {
    std::vector<std::string> table{"Version"};
    for (const Property& property : propertyTable())
        table.emplace_back(property.name);
    EXPECT_EQ(members("property"), table);
    EXPECT_EQ(all(interfaceXml(), "<property [^>]*access=\"(\\w+)\"").size(), table.size());
}

TEST(Interface, AnnotationsTellWhatIsEmitted) {
    for (const std::string& property : members("property")) {
        const std::string emits = property == "Version" ? "const" : "true";
        EXPECT_THAT(element("property", property), HasSubstr("EmitsChangedSignal\" value=\"" + emits + "\""));
        EXPECT_THAT(element("property", property), HasSubstr("access=\"read\""));
    }
}

TEST(Interface, EveryMemberIsDocumented) {
    for (const char* kind : {"method", "signal", "property"}) {
        for (const std::string& member : members(kind)) {
            const std::string text = prose(kind, member);
            EXPECT_THAT(text, HasSubstr("\n      " + member + ":\n")) << kind;
            for (const std::string& argument : all(element(kind, member), "<arg name=\"(\\w+)\""))
                EXPECT_THAT(text, HasSubstr("\n      @" + argument + ": ")) << member;
        }
    }
}

TEST(Interface, DocumentedErrorsExist) {
    const std::string introduction = prose("interface", "org.pikvm.OtgNet1");
    std::set<std::string> named;
    for (const std::string& method : members("method")) {
        std::istringstream errors(all(prose("method", method), "\n +errors: ([^-]+)").at(0));
        for (std::string name; errors >> name;)
            named.insert(name);
    }
    named.erase("none");
    for (const std::string& name : named) {
        EXPECT_TRUE(errorCode("org.pikvm.OtgNet.Error." + name)) << name;
        EXPECT_THAT(introduction, HasSubstr("\n      " + name + " "));
    }
    for (int i = 0; i <= static_cast<int>(ErrorCode::Failed); ++i) {
        const std::string name(errorName(static_cast<ErrorCode>(i)));
        const bool isInTable =
            introduction.find("\n      " + name.substr(name.rfind('.') + 1) + " ") != std::string::npos;
        EXPECT_TRUE(isInTable || introduction.find("\n      " + name + " ") != std::string::npos) << name;
    }
}

TEST(Interface, BusPolicyNamesTheService) {
    const std::string policy = source("dbus/org.pikvm.OtgNet.conf");
    EXPECT_EQ(all(policy, "<policy (\\w+=\"\\w+\")>"),
              (std::vector<std::string>{"user=\"root\"", "context=\"default\""}));
    EXPECT_EQ(all(policy, "own=\"([^\"]+)\""), std::vector<std::string>{"org.pikvm.OtgNet"});
    EXPECT_THAT(all(policy, "send_interface=\"([^\"]+)\""),
                ::testing::Contains(all(interfaceXml(), "<interface name=\"([^\"]+)\"").at(0)));
    EXPECT_THAT(source("dbus/org.pikvm.OtgNet.service"), HasSubstr("\nSystemdService=dbus-org.pikvm.OtgNet.service\n"));
}

} // namespace
} // namespace otgnet
