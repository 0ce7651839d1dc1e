// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// libyaml's parser as an object.
#pragma once

#include <yaml.h>

#include <string>

namespace otgnet {

class YamlScanner {
public:
    /// One event; emptied before it is used again.
    class Event {
    public:
        Event() = default;
        Event(const Event&) = delete;
        Event& operator=(const Event&) = delete;
        ~Event() { yaml_event_delete(&event_); }
        const yaml_event_t& get() const { return event_; }

    private:
        friend class YamlScanner;
        yaml_event_t event_{};
    };

    /// One token; emptied before it is used again.
    class Token {
    public:
        Token() = default;
        Token(const Token&) = delete;
        Token& operator=(const Token&) = delete;
        ~Token() { yaml_token_delete(&token_); }
        const yaml_token_t& get() const { return token_; }

    private:
        friend class YamlScanner;
        yaml_token_t token_{};
    };

    /// Both strings must outlive the scanner.
    YamlScanner(const std::string& text, const std::string& file);
    YamlScanner(const YamlScanner&) = delete;
    YamlScanner& operator=(const YamlScanner&) = delete;
    ~YamlScanner() { yaml_parser_delete(&parser_); }

    /// Throws ConfigError where the text is no YAML.
    void next(Event& event);
    /// The same for who wants tokens instead of events; false if there is no next one.
    bool scan(Token& token);
    const yaml_parser_t& state() const { return parser_; }

    [[noreturn]] void fail() const;
    [[noreturn]] void fail(std::size_t line, const std::string& why) const;

private:
    std::size_t problemLine() const; ///< counts from 0

    const std::string& text_;
    const std::string& file_;
    yaml_parser_t parser_{};
};

} // namespace otgnet
