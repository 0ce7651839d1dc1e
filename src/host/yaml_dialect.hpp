// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The few places where libyaml and PyYAML do not agree.
#pragma once

#include <string>

namespace otgnet {

/// A file as Python's open() hands it on: without the byte order mark, with all line ends made "\n".
std::string asTextFile(std::string bytes);

/// A text that libyaml reads as PyYAML reads `text`: "{a:[1]}" becomes "{a: [1]}", a directive that says nothing to
/// PyYAML one that says nothing to libyaml. Throws ConfigError for what only libyaml would take: tabs as blanks, and
/// between brackets a question mark within a plain scalar, or a tag with a comma or bracket at its end.
std::string asPyYaml(std::string text, const std::string& file);

} // namespace otgnet
