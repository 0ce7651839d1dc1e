// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_tree.hpp"

#include "core/config.hpp"
#include "core/python.hpp"
#include "host/yaml_files.hpp"
#include "host/yaml_scalar.hpp"

namespace otgnet {

namespace {

constexpr std::size_t deepest = 200;
constexpr std::size_t valueSize = 2 * sizeof(Value); // with its place, and its share of what holds it
constexpr std::size_t copies = 4;                    // of a text, until it is checked and told
constexpr std::string_view mergeTag = "tag:yaml.org,2002:merge";
constexpr std::string_view mapTag = "tag:yaml.org,2002:map";
constexpr std::string_view seqTag = "tag:yaml.org,2002:seq";
constexpr std::string_view setTag = "tag:yaml.org,2002:set";
constexpr std::string_view strTag = "tag:yaml.org,2002:str";
constexpr std::string_view omapTag = "tag:yaml.org,2002:omap";
constexpr std::string_view pairsTag = "tag:yaml.org,2002:pairs";
constexpr std::string_view valueTag = "tag:yaml.org,2002:value";

std::string_view tagOf(const YamlNode& node) {
    return node.tag.empty() ? resolveScalar(node.text) : std::string_view(node.tag);
}

/// Whether !include takes what stands in a list for the name of a file: no date, no bytes, no null, no dictionary.
bool isName(std::string_view tag) {
    return tag == strTag || tag.ends_with("2002:int") || tag.ends_with("2002:float") || tag.ends_with("2002:bool");
}

/// Counts how deep a recursion is.
class Level {
public:
    explicit Level(std::size_t& depth) : depth_(depth) { ++depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --depth_; }

private:
    std::size_t& depth_;
};

} // namespace

void YamlTree::fail(const Place& place, const std::string& why) const {
    throw ConfigError("", place, "Invalid YAML: " + why);
}

Value YamlTree::construct(const YamlNode& node, const Place& place) {
    const Level level(depth_);
    if (depth_ > deepest)
        fail(place, "nested too deeply");
    files_.spend(valueSize + copies * node.text.size(), place);
    if (node.kind == YamlNode::Kind::scalar)
        return constructTagged(node, place);
    if (!open_.insert(&node).second) // an alias within itself: Python goes round in circles, a tree has to end
        return node.kind == YamlNode::Kind::mapping ? Value{Value::Map{}, place, {}} : Value{Value::List{}, place, {}};
    Value value = constructTagged(node, place);
    open_.erase(&node);
    return value;
}

Value YamlTree::constructTagged(const YamlNode& node, const Place& place) {
    const std::string_view tag = tagOf(node);
    if (tag == "!include")
        return include(node, place);
    if (node.kind == YamlNode::Kind::scalar)
        return scalar(node, place);
    if (node.kind == YamlNode::Kind::sequence && tag == seqTag)
        return list(node, place);
    if (node.kind == YamlNode::Kind::sequence && (tag == omapTag || tag == pairsTag))
        return pairs(node, place);
    if (node.kind == YamlNode::Kind::mapping && tag == mapTag)
        return map(node, place);
    if (node.kind == YamlNode::Kind::mapping && tag == setTag)
        return set(node, place);
    fail(place, "could not determine a constructor for the tag " + python::repr(tag));
}

Value YamlTree::scalar(const YamlNode& node, const Place& place) const {
    try {
        Value value{scalarData(tagOf(node), node.text), place, {}};
        if (!std::holds_alternative<std::string>(value.data))
            value.raw = node.text;
        return value;
    } catch (const Error& error) {
        fail(placeOf(node), error.what());
    }
}

Value YamlTree::list(const YamlNode& node, const Place& place) {
    Value::List list;
    list.reserve(node.items.size());
    for (const YamlNode* item : node.items)
        list.push_back(construct(*item, placeOf(*item)));
    return Value{std::move(list), place, {}};
}

/// A list of one-key mappings that Python makes tuples of; only their text can matter to anybody.
Value YamlTree::pairs(const YamlNode& node, const Place& place) {
    Value::List list;
    for (const YamlNode* item : node.items) {
        if (item->kind != YamlNode::Kind::mapping || item->items.size() != 2)
            fail(placeOf(*item), "expected a mapping of length 1");
        const Value key = construct(*item->items[0], placeOf(*item));
        const Value value = construct(*item->items[1], placeOf(*item));
        const std::string text = '(' + python::repr(key) + ", " + python::repr(value) + ')';
        files_.spend(copies * text.size(), place);
        list.push_back(Value{text, placeOf(*item), {}});
    }
    return Value{std::move(list), place, {}};
}

Value YamlTree::map(const YamlNode& node, const Place& place) {
    Value::Map map;
    for (const auto& [key, value] : entries(node)) {
        const std::string name = keyName(*key);
        files_.spend(copies * name.size(), placeOf(*key));
        map.insert_or_assign(name, construct(*value, placeOf(*key)));
    }
    return Value{std::move(map), place, {}};
}

/// A Python set is no dictionary; only its text can matter to anybody.
Value YamlTree::set(const YamlNode& node, const Place& place) {
    const Value members = map(node, place);
    std::string text;
    for (const auto& [name, value] : std::get<Value::Map>(members.data))
        text += (text.empty() ? "{" : ", ") + python::repr(name);
    return Value{text.empty() ? "set()" : text + '}', place, {}};
}

Value YamlTree::include(const YamlNode& node, const Place& place) {
    Value tree{Value::Map{}, place, {}};
    if (node.kind == YamlNode::Kind::mapping)
        fail(place, "!include takes a file name or a list of them");
    if (node.kind == YamlNode::Kind::scalar) {
        files_.include(tree, node.text, path_, placeOf(node));
        return tree;
    }
    for (const YamlNode* item : node.items) {
        const Value name = construct(*item, placeOf(*item));
        if (item->kind == YamlNode::Kind::scalar && isName(tagOf(*item)))
            files_.include(tree, python::str(name), path_, placeOf(*item));
    }
    return tree;
}

std::string YamlTree::keyName(const YamlNode& key) {
    const std::string_view tag = key.kind == YamlNode::Kind::scalar ? tagOf(key) : std::string_view();
    if (tag == strTag || tag == valueTag)
        return key.text;
    const Value name = construct(key, placeOf(key));
    if (key.kind != YamlNode::Kind::scalar || std::holds_alternative<Value::Map>(name.data))
        fail(placeOf(key), "found unhashable key");
    return python::str(name);
}

const std::vector<YamlTree::Entry>& YamlTree::entries(const YamlNode& node) {
    const Level level(depth_);
    if (depth_ > deepest)
        fail(placeOf(node), "merged too deeply");
    const auto [made, fresh] = entries_.try_emplace(&node); // as yet empty for a mapping that is merged into itself
    if (!fresh)
        return made->second;
    std::vector<Entry> merged;
    std::vector<Entry> own;
    for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
        const YamlNode& key = *node.items[i];
        if (key.kind == YamlNode::Kind::scalar && tagOf(key) == mergeTag)
            merge(*node.items[i + 1], merged);
        else
            own.emplace_back(&key, node.items[i + 1]);
    }
    merged.insert(merged.end(), own.begin(), own.end());
    return made->second = std::move(merged);
}

void YamlTree::merge(const YamlNode& source, std::vector<Entry>& into) {
    const auto add = [&](const YamlNode& node) {
        if (node.kind != YamlNode::Kind::mapping)
            fail(placeOf(node), "expected a mapping or list of mappings for merging");
        const std::vector<Entry>& more = entries(node);
        files_.spend((1 + more.size()) * sizeof(Entry), placeOf(node));
        into.insert(into.end(), more.begin(), more.end());
    };
    if (source.kind != YamlNode::Kind::sequence)
        return add(source);
    for (auto item = source.items.rbegin(); item != source.items.rend(); ++item) // the first one counts most
        add(**item);
}

} // namespace otgnet
