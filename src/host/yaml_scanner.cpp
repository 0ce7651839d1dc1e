// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_scanner.hpp"

#include "core/config.hpp"

#include <algorithm>
#include <new>

namespace otgnet {

YamlScanner::YamlScanner(const std::string& text, const std::string& file) : text_(text), file_(file) {
    if (yaml_parser_initialize(&parser_) == 0)
        throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

void YamlScanner::next(Event& event) {
    yaml_event_delete(&event.event_);
    event.event_ = {};
    if (yaml_parser_parse(&parser_, &event.event_) == 0)
        fail();
}

bool YamlScanner::scan(Token& token) {
    yaml_token_delete(&token.token_);
    token.token_ = {};
    return yaml_parser_scan(&parser_, &token.token_) != 0;
}

void YamlScanner::fail() const {
    const std::string context = parser_.context == nullptr ? "" : std::string(parser_.context) + ", ";
    fail(problemLine(), context + (parser_.problem == nullptr ? "out of memory" : parser_.problem));
}

/// The reader is ahead of the mark, which it does not set.
std::size_t YamlScanner::problemLine() const {
    if (parser_.error != YAML_READER_ERROR)
        return parser_.problem_mark.line;
    const std::size_t read = std::min(parser_.problem_offset, text_.size());
    const std::string_view before = std::string_view(text_).substr(0, read);
    return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

void YamlScanner::fail(std::size_t line, const std::string& why) const {
    throw ConfigError("", {file_, static_cast<unsigned>(line) + 1}, "Invalid YAML: " + why);
}

} // namespace otgnet
