# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads YAML files by kvmd's rules with the parser that kvmd has, and prints a line for each: the repr(), or error."""

import os
import sys

import yaml


class Loader(yaml.SafeLoader):
    """The only words for a boolean are true and false."""

    yaml_implicit_resolvers = {
        first: [rule for rule in rules if first not in "oOyYnN" or not rule[0].endswith(":bool")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def include(self, node):
        """Texts and numbers are names of files; what is in them is laid one over the other."""
        names = [self.construct_scalar(node)] if isinstance(node, yaml.ScalarNode) else self.construct_sequence(node)
        tree = {}
        for name in names:
            if name != "" and isinstance(name, (int, float, str)):
                merge(tree, load(os.path.join(os.path.dirname(self.name), str(name))) or {})
        return tree


Loader.add_constructor("!include", Loader.include)


def merge(under, over):
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(under.get(key), dict):
            merge(under[key], value)
        else:
            under[key] = value


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader)


def plain(value):
    if isinstance(value, dict):
        return dict(sorted((str(key), plain(item)) for key, item in value.items()))
    return [plain(item) for item in value] if isinstance(value, list) else value


for path in sys.argv[1:]:
    try:
        tree = load(path) or {}
        print(repr(plain(tree)) if isinstance(tree, dict) else "error")
    except Exception as error:  # pylint: disable=broad-exception-caught
        print("error")
        print(path, error, file=sys.stderr)
