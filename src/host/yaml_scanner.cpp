// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_scanner.hpp"

#include "core/config.hpp"

#include <new>

namespace otgnet {

YamlScanner::YamlScanner(const std::string& text, const std::string& file) : file_(file) {
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
    fail(parser_.problem_mark.line, context + (parser_.problem == nullptr ? "out of memory" : parser_.problem));
}

void YamlScanner::fail(std::size_t line, const std::string& why) const {
    throw ConfigError("", {file_, static_cast<unsigned>(line) + 1}, "Invalid YAML: " + why);
}

} // namespace otgnet
