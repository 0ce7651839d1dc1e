// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/gadget_meta.hpp"

#include "host/endpoint_budget.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>

namespace otgnet {
namespace {

namespace fs = std::filesystem;

class GadgetMeta : public ::testing::Test {
protected:
    ~GadgetMeta() override { fs::remove_all(top_); }

    void file(const std::string& function, const std::string& text) const {
        fs::create_directories(directory_);
        std::ofstream(directory_ / (function + "@meta.json")) << text;
    }

    const fs::path top_ = support::makeTemporaryDirectory("meta");
    const fs::path directory_ = top_ / "otg";
};

const ShareMark joined{.udc = "fe980000.usb"};

TEST_F(GadgetMeta, ReadsWhatItHasWritten) {
    ShareMark mark = joined;
    mark.relinking = {{"hid.usb0"}};
    mark.replaced = {{.function = "rndis.usb0",
                      .meta = R"({"function": "rndis.usb0"})",
                      .attributes = {{"functions/rndis.usb0/host_addr", "02:00:00:00:00:01"}, {"os_desc/use", "1"}},
                      .descriptors = true,
                      .linked = true}};
    writeMeta(directory_, "ncm.usb0", mark);
    EXPECT_EQ(readMeta(directory_, "ncm.usb0"), (FunctionMeta{.endpoints = 3, .ethernet = true, .mark = mark}));
    writeMeta(directory_, "ncm.usb0", joined);
    EXPECT_EQ(readMeta(directory_, "ncm.usb0"), (FunctionMeta{.endpoints = 3, .ethernet = true, .mark = joined}));
    EXPECT_EQ(metaFunctions(directory_), std::vector<std::string>{"ncm.usb0"});
}

TEST_F(GadgetMeta, KnowsKvmdsFromOurs) {
    file("ecm.usb0", R"({"function": "ecm.usb0", "endpoints": 3, "starter": ["otg", "devices", "ethernet", "start"]})");
    file("hid.usb0", R"({"function": "hid.usb0", "endpoints": 1, "starter": ["otg", "devices", "hid", "keyboard"]})");
    EXPECT_EQ(readMeta(directory_, "ecm.usb0"), (FunctionMeta{.endpoints = 3, .ethernet = true}));
    EXPECT_EQ(readMeta(directory_, "hid.usb0"), (FunctionMeta{.endpoints = 1, .ethernet = false}));
}

/// Who owns the directory must not be able to make us write to other files.
TEST_F(GadgetMeta, AMarkThatLeadsElsewhereIsNotFollowed) {
    file("ncm.usb0", R"({"otgnet": {"replaced": [
        {"function": "ecm.usb0", "attributes": {"../../../etc/passwd": "x", "functions/ecm.usb0/dev_addr": 1}},
        {"function": "ecm./../../x"}, {"function": "hid.usb0"}, {}, 1]}})");
    EXPECT_EQ(readMeta(directory_, "ncm.usb0")->mark->replaced,
              (std::vector<ReplacedFunction>{
                  {.function = "ecm.usb0", .meta = "", .attributes = {{"functions/ecm.usb0/dev_addr", ""}}}}));
}

/// Or who owns the directory could have us copy what only root may read into files of ours.
TEST_F(GadgetMeta, ALinkIsNotFollowed) {
    fs::create_directories(directory_);
    std::ofstream(top_ / "secret") << R"({"otgnet": {"udc": "secret"}})";
    fs::create_symlink(top_ / "secret", directory_ / "ncm.usb0@meta.json");
    EXPECT_EQ(readMeta(directory_, "ncm.usb0"), std::nullopt);
    EXPECT_EQ(metaText(directory_, "ncm.usb0"), "");
    writeMeta(directory_, "ncm.usb0", joined);
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(directory_ / "ncm.usb0@meta.json")));
    EXPECT_TRUE(readMeta(directory_, "ncm.usb0"));
}

TEST_F(GadgetMeta, NonsenseIsNoMeta) {
    for (const char* text : {"", "[]", "{", "\"x\"", "\xff\xfe"}) {
        file("hid.usb0", text);
        EXPECT_EQ(readMeta(directory_, "hid.usb0"), std::nullopt) << text;
    }
    file("hid.usb0", std::string(100'000, ' ') + "{}");
    EXPECT_EQ(readMeta(directory_, "hid.usb0"), std::nullopt);
    file("hid.usb0", std::string(16'000, '['));
    EXPECT_EQ(readMeta(directory_, "hid.usb0"), std::nullopt);
    EXPECT_EQ(readMeta(directory_, "acm.usb0"), std::nullopt);
}

/// The directory belongs to kvmd's user, who must not be able to make us wait.
TEST_F(GadgetMeta, WhatIsNoFileIsNoMetaAndInNobodysWay) {
    fs::create_directories(directory_);
    for (const fs::path& path : {directory_ / "hid.usb0@meta.json", directory_ / "ncm.usb0@meta.json",
                                 top_ / ".ncm.usb0@meta.json.new", directory_ / ".ncm.usb0@meta.json.new"})
        ASSERT_EQ(::mkfifo(path.c_str(), 0666), 0);
    EXPECT_EQ(readMeta(directory_, "hid.usb0"), std::nullopt);
    writeMeta(directory_, "ncm.usb0", joined);
    ASSERT_TRUE(readMeta(directory_, "ncm.usb0"));
    EXPECT_TRUE(readMeta(directory_, "ncm.usb0")->mark);
}

TEST_F(GadgetMeta, AnAbsurdCountIsNotTaken) {
    for (const char* count : {"-1", "33", "1e3", "\"2\"", "null", "18446744073709551615"}) {
        file("hid.usb0", std::string(R"({"endpoints": )") + count + "}");
        EXPECT_EQ(endpointUse({"hid.usb0"}, directory_), (std::vector<EndpointUse>{{"hid.usb0", 1}})) << count;
    }
    file("hid.usb0", R"({"endpoints": 2})");
    EXPECT_EQ(endpointUse({"hid.usb0"}, directory_), (std::vector<EndpointUse>{{"hid.usb0", 2}}));
}

TEST_F(GadgetMeta, LeavesNothingBehind) {
    writeMeta(directory_, "ncm.usb0", joined);
    removeMeta(directory_, "ncm.usb0");
    EXPECT_TRUE(fs::is_empty(top_));
    removeMeta(directory_, "ncm.usb0"); // gone is fine
    file("hid.usb0", "{}");
    writeMeta(directory_, "ncm.usb0", joined);
    removeMeta(directory_, "ncm.usb0");
    EXPECT_EQ(metaFunctions(directory_), std::vector<std::string>{"hid.usb0"});
}

TEST_F(GadgetMeta, TheirPlaceIsRemembered) {
    const MarkPlace place(top_ / "run/place");
    EXPECT_EQ(place.directory(), std::nullopt);
    place.set(directory_);
    EXPECT_EQ(place.directory(), directory_);
    place.clear();
    EXPECT_EQ(place.directory(), std::nullopt);
    place.clear();
}

} // namespace
} // namespace otgnet
