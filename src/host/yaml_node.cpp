// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_node.hpp"

#include "core/config.hpp"
#include "host/yaml_dialect.hpp"
#include "host/yaml_scanner.hpp"

#include <map>

namespace otgnet {

namespace {

constexpr std::size_t deepest = 200;
constexpr std::size_t mostNodes = 200'000;

std::string_view textOf(const yaml_char_t* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

unsigned lineOf(const yaml_mark_t& mark) {
    return static_cast<unsigned>(mark.line) + 1;
}

/// Builds the graph from events, without recursion.
class Composer {
public:
    explicit Composer(const std::string& file) : file_(file) {}

    /// False after the last event.
    bool take(const yaml_event_t& event);
    YamlDocument finish() { return std::move(document_); }

private:
    [[noreturn]] void fail(const yaml_mark_t& mark, const std::string& why) const {
        throw ConfigError("", {file_, lineOf(mark)}, "Invalid YAML: " + why);
    }
    void startDocument(const yaml_mark_t& mark);
    void alias(const yaml_event_t& event);
    void scalar(const yaml_event_t& event);
    void open(YamlNode::Kind kind, const yaml_char_t* anchor, const yaml_char_t* tag, const yaml_mark_t& mark);
    YamlNode& add(YamlNode::Kind kind, const yaml_char_t* anchor, std::string tag, const yaml_mark_t& mark);
    void attach(const YamlNode& node);

    const std::string& file_;
    YamlDocument document_;
    std::map<std::string, const YamlNode*, std::less<>> anchors_;
    std::vector<YamlNode*> open_;
    bool started_ = false;
};

bool Composer::take(const yaml_event_t& event) {
    switch (event.type) {
    case YAML_DOCUMENT_START_EVENT:
        startDocument(event.start_mark);
        break;
    case YAML_ALIAS_EVENT:
        alias(event);
        break;
    case YAML_SCALAR_EVENT:
        scalar(event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        open(YamlNode::Kind::sequence, event.data.sequence_start.anchor, event.data.sequence_start.tag,
             event.start_mark);
        break;
    case YAML_MAPPING_START_EVENT:
        open(YamlNode::Kind::mapping, event.data.mapping_start.anchor, event.data.mapping_start.tag, event.start_mark);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        open_.pop_back();
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    case YAML_STREAM_END_EVENT:
        return false;
    }
    return true;
}

void Composer::startDocument(const yaml_mark_t& mark) {
    if (started_)
        fail(mark, "expected a single document in the stream, but found another document");
    started_ = true;
}

void Composer::alias(const yaml_event_t& event) {
    const auto found = anchors_.find(textOf(event.data.alias.anchor));
    if (found == anchors_.end())
        fail(event.start_mark, "found undefined alias '" + std::string(textOf(event.data.alias.anchor)) + '\'');
    attach(*found->second);
}

void Composer::scalar(const yaml_event_t& event) {
    const auto& data = event.data.scalar;
    const std::string_view tag = textOf(data.tag);
    const bool resolved = (tag.empty() && data.plain_implicit != 0) || tag == "!";
    const std::string full = tag.empty() ? "tag:yaml.org,2002:str" : std::string(tag);
    YamlNode& node = add(YamlNode::Kind::scalar, data.anchor, resolved ? "" : full, event.start_mark);
    node.text.assign(reinterpret_cast<const char*>(data.value), data.length);
}

void Composer::open(YamlNode::Kind kind, const yaml_char_t* anchor, const yaml_char_t* tag, const yaml_mark_t& mark) {
    const std::string_view written = textOf(tag);
    const bool plain = written.empty() || written == "!";
    const char* const standard = kind == YamlNode::Kind::mapping ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq";
    YamlNode& node = add(kind, anchor, plain ? standard : std::string(written), mark);
    if (open_.size() >= deepest)
        fail(mark, "nested too deeply");
    open_.push_back(&node);
}

YamlNode& Composer::add(YamlNode::Kind kind, const yaml_char_t* anchor, std::string tag, const yaml_mark_t& mark) {
    if (document_.nodes.size() >= mostNodes)
        fail(mark, "too large");
    YamlNode& node = document_.nodes.emplace_back();
    node.kind = kind;
    node.tag = std::move(tag);
    node.line = lineOf(mark);
    if (anchor != nullptr && !anchors_.emplace(textOf(anchor), &node).second)
        fail(mark, "found duplicate anchor '" + std::string(textOf(anchor)) + '\'');
    attach(node);
    return node;
}

void Composer::attach(const YamlNode& node) {
    if (open_.empty())
        document_.root = &node;
    else
        open_.back()->items.push_back(&node);
}

} // namespace

YamlDocument parseYaml(const std::string& bytes, const std::string& file) {
    const std::string text = asPyYaml(asTextFile(bytes), file);
    YamlScanner scanner(text, file);
    Composer composer(file);
    YamlScanner::Event event;
    do
        scanner.next(event);
    while (composer.take(event.get()));
    return composer.finish();
}

} // namespace otgnet
