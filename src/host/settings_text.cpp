// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/settings_text.hpp"

#include "core/python.hpp"
#include "core/utf8.hpp"

#include <cstdio>

namespace otgnet {

namespace {

/// In double quotes, with everything but printable ASCII escaped: no text can be mistaken for anything else.
std::string inQuotes(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const char32_t point = utf8::take(text);
        char escaped[16] = {};
        if (point == U'"' || point == U'\\')
            (out += '\\') += static_cast<char>(point);
        else if (point >= U' ' && point <= U'~')
            out += static_cast<char>(point);
        else if (std::snprintf(escaped, sizeof escaped, "\\U%08x", static_cast<unsigned>(point)) > 0)
            out += escaped;
    }
    return out + '"';
}

std::string written(const Value& value);

/// YAML in one line.
struct Written {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return inQuotes(python::floatText(number)); }
    std::string operator()(const std::string& text) const { return inQuotes(text); }
    std::string operator()(const Value::List& list) const {
        std::string text = "[";
        for (const Value& item : list)
            text += (text.size() > 1 ? ", " : "") + written(item);
        return text + ']';
    }
    std::string operator()(const Value::Map& map) const {
        std::string text = "{";
        for (const auto& [key, item] : map)
            text += (text.size() > 1 ? ", " : "") + inQuotes(key) + ": " + written(item);
        return text + '}';
    }
};

std::string written(const Value& value) {
    return std::visit(Written{}, value.data);
}

std::string line(std::size_t depth, const std::string& text) {
    return std::string(depth * 2, ' ') + text + '\n';
}

/// The sections of `path` that `previous` was not in.
std::string sections(const std::string& path, const std::string& previous, std::size_t& depth) {
    std::string text;
    depth = 0;
    for (std::size_t begin = 0, slash = path.find('/'); slash != std::string::npos; slash = path.find('/', begin)) {
        const std::string section = path.substr(0, slash + 1);
        if (!previous.starts_with(section))
            text += line(depth, path.substr(begin, slash - begin) + ':');
        begin = slash + 1;
        ++depth;
    }
    return text;
}

} // namespace

std::string settingsText(const Settings& settings) {
    std::string text =
        "# Written by otgnetd (SetConfig over D-Bus, otgnetctl set --persist). Changes by hand are better\n"
        "# made in /etc/otgnet/otgnet.yaml: what stands here wins over it.\n";
    std::string previous;
    for (const auto& [path, value] : settings) {
        std::size_t depth = 0;
        text += sections(path, previous, depth);
        text += line(depth, path.substr(path.rfind('/') + 1) + ": " + written(value));
        previous = path;
    }
    return text;
}

} // namespace otgnet
