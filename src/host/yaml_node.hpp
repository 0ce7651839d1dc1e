// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// A YAML text as its representation graph. The syntax is that of libyaml, the C twin of the scanner that kvmd reads
/// its files with (PyYAML); what they do not agree on is in yaml_dialect.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet {

struct YamlNode {
    enum class Kind { scalar, sequence, mapping };

    Kind kind = Kind::scalar;
    std::string tag;                    ///< in full, "tag:yaml.org,2002:str"; "" = to be resolved from the plain scalar
    std::string text;                   ///< of a scalar
    unsigned line = 0;                  ///< counts from 1
    std::vector<const YamlNode*> items; ///< of a mapping: key, value, key, value, …
};

/// Owns the nodes. An alias is a second pointer to the same node, so the graph may hold cycles.
struct YamlDocument {
    std::deque<YamlNode> nodes;
    const YamlNode* root = nullptr; ///< null for an empty text
};

/// Throws ConfigError with `file` and the line. Bounded: nothing is nested deeper than 200 or has more than 200 000
/// nodes.
YamlDocument parseYaml(const std::string& bytes, const std::string& file);

} // namespace otgnet
