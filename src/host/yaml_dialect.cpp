// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/yaml_dialect.hpp"

#include "core/config.hpp"
#include "core/utf8.hpp"
#include "host/yaml_scanner.hpp"

#include <algorithm>
#include <optional>

namespace otgnet {

namespace {

/// Walks along a text by code points, as libyaml counts them.
class Walk {
public:
    explicit Walk(std::string_view text) : rest_(text) {}

    /// Whether there is a tab outside of comments before `index`.
    bool tabBefore(std::size_t index, bool comments) {
        bool found = false;
        bool comment = false;
        for (; at_ < index && !rest_.empty(); ++at_) {
            const char32_t point = utf8::take(rest_);
            comment = comments && point != U'\n' && (comment || point == U'#');
            found = found || (point == U'\t' && !comment);
        }
        return found;
    }

    /// The same up to the end of the line, at most to `index`.
    bool tabInLine(std::size_t index) {
        const std::string_view line = rest_.substr(0, rest_.find('\n'));
        return tabBefore(std::min(index, at_ + utf8::length(line)), true);
    }

    /// Whether the header of a block scalar here has a comment glued to it.
    bool headerRunsIntoComment() const {
        const std::size_t end = rest_.find_first_not_of("+-0123456789", 1);
        return end != std::string_view::npos && rest_[end] == '#';
    }

    bool nextIs(std::string_view characters) const {
        return !rest_.empty() && characters.find(rest_.front()) != std::string_view::npos;
    }

private:
    std::string_view rest_;
    std::size_t at_ = 0;
};

bool isBlock(yaml_scalar_style_t style) {
    return style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
}

yaml_scalar_style_t styleOf(const yaml_token_t& token) {
    return token.type == YAML_SCALAR_TOKEN ? token.data.scalar.style : YAML_ANY_SCALAR_STYLE;
}

/// Whether the token itself holds a tab that PyYAML does not take.
bool hasBadTab(const yaml_token_t& token, Walk& walk) {
    const auto style = styleOf(token);
    const bool inHeader = isBlock(style) && walk.tabInLine(token.end_mark.index);
    const bool inside = walk.tabBefore(token.end_mark.index, false);
    return inHeader || (inside && style == YAML_PLAIN_SCALAR_STYLE);
}

class Check {
public:
    Check(const std::string& text, const std::string& file) : scanner_(text, file), walk_(text) {}

    /// Goes through the whole text. Answers the code point behind which a blank is missing, if there is one.
    std::optional<std::size_t> run() {
        YamlScanner::Token token;
        do {
            if (!scanner_.scan(token))
                return missingBlank();
            check(token.get());
        } while (token.get().type != YAML_STREAM_END_TOKEN);
        return std::nullopt;
    }

private:
    void check(const yaml_token_t& token) {
        const std::size_t line = token.start_mark.line;
        const bool tabBefore = walk_.tabBefore(token.start_mark.index, true);
        if (isBlock(styleOf(token)) && walk_.headerRunsIntoComment())
            scanner_.fail(line, "expected chomping or indentation indicators, but found '#'");
        if (tabBefore || hasBadTab(token, walk_))
            scanner_.fail(line, "found character '\\t' that cannot start any token");
        if (token.type == YAML_FLOW_SEQUENCE_START_TOKEN || token.type == YAML_FLOW_MAPPING_START_TOKEN)
            ++brackets_;
        if (token.type == YAML_FLOW_SEQUENCE_END_TOKEN || token.type == YAML_FLOW_MAPPING_END_TOKEN)
            --brackets_;
        if (brackets_ > 0 && token.type == YAML_SCALAR_TOKEN && hasQuestion(token))
            scanner_.fail(line, "found unexpected '?'");
        if (brackets_ > 0 && token.type == YAML_TAG_TOKEN && walk_.nextIs(",[]"))
            scanner_.fail(line, "could not determine a constructor for a tag that ends in a comma or a bracket");
    }
    static bool hasQuestion(const yaml_token_t& token) {
        const std::string_view text(reinterpret_cast<const char*>(token.data.scalar.value), token.data.scalar.length);
        return token.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && text.find('?') != std::string_view::npos;
    }
    std::size_t missingBlank() const {
        const char* const problem = scanner_.state().problem;
        if (problem == nullptr || std::string_view(problem) != "found unexpected ':'")
            scanner_.fail();
        return scanner_.state().problem_mark.index;
    }

    YamlScanner scanner_;
    Walk walk_;
    unsigned brackets_ = 0;
};

/// Whether one of `first` stands before one of `second`.
bool hasPair(std::string_view text, std::string_view first, std::string_view second) {
    return std::adjacent_find(text.begin(), text.end(), [&](char a, char b) {
               return first.find(a) != std::string_view::npos && second.find(b) != std::string_view::npos;
           }) != text.end();
}

/// Most files need no second look.
bool mayDiffer(std::string_view text) {
    if (text.find_first_of("\t?!") != std::string_view::npos)
        return true;
    return hasPair(text, "|>+-0123456789", "#") || hasPair(text, ":", ",[]{}");
}

constexpr std::string_view nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/// Takes the first line off.
std::string_view takeLine(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// To PyYAML every version 1.x is the same, and a directive other than YAML and TAG is none of its business.
std::string plainDirective(std::string_view line, unsigned number) {
    const std::size_t end = std::min(line.find_first_not_of(nameCharacters, 1), line.size());
    const std::string_view name = line.substr(1, end - 1);
    if (name.empty() || (end < line.size() && line[end] != ' ') || name == "TAG")
        return std::string(line); // which libyaml reads, or refuses, too
    if (name != "YAML")
        return "%TAG !line-" + std::to_string(number) + "! x"; // nor is anything else done with this one
    const std::size_t version = std::min(line.find_first_not_of(' ', end), line.size());
    const std::size_t rest = std::min(line.find_first_not_of("0123456789", version + 2), line.size());
    const bool isOne = line.substr(version).starts_with("1.") && rest > version + 2;
    return isOne ? "%YAML 1.1" + std::string(line.substr(rest)) : std::string(line);
}

std::string withPlainDirectives(std::string text, const std::string& file) {
    std::string_view rest = text;
    std::string head;
    unsigned number = 1;
    for (; rest.starts_with('%') || rest.starts_with('#') || rest.starts_with('\n'); ++number) {
        const std::string_view line = takeLine(rest);
        if (line.starts_with('%') && line.substr(0, line.find('#')).find('\t') != std::string_view::npos)
            throw ConfigError("", {file, number}, "Invalid YAML: found a tab in a directive");
        (head += line.starts_with('%') ? plainDirective(line, number) : std::string(line)) += '\n';
    }
    return head.find('%') == std::string::npos && text.find('%') != 0 ? text : head + std::string(rest);
}

void insertBlank(std::string& text, std::size_t after) {
    std::string_view rest = text;
    for (std::size_t i = 0; i <= after && !rest.empty(); ++i)
        utf8::take(rest);
    text.insert(text.size() - rest.size(), 1, ' ');
}

} // namespace

std::string asTextFile(std::string bytes) {
    constexpr std::string_view byteOrderMark = "\xef\xbb\xbf"; // for which libyaml counts a column
    if (bytes.starts_with(byteOrderMark))
        bytes.erase(0, byteOrderMark.size());
    if (bytes.find('\r') == std::string::npos)
        return bytes;
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (bytes[i] != '\r')
            text += bytes[i];
        else if (i + 1 == bytes.size() || bytes[i + 1] != '\n')
            text += '\n';
    return text;
}

std::string asPyYaml(std::string text, const std::string& file) {
    constexpr std::size_t mostWork = 16 << 20; // each repair goes through the text again
    text = withPlainDirectives(std::move(text), file);
    if (!mayDiffer(text))
        return text;
    for (std::size_t work = text.size();; work += text.size()) {
        const auto blank = Check(text, file).run();
        if (!blank || work > mostWork)
            return text;
        insertBlank(text, *blank);
    }
}

} // namespace otgnet
