#!/usr/bin/env python3
# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes org.pikvm.OtgNet(5) from the comments of the interface's XML: interface.py XML VERSION > PAGE"""

import re
import sys
from xml.dom import minidom

SYMBOLS = {"µ": r"\(mc", "…": r"...", "×": r"\(mu", "→": r"\(->"}


def roff(text):
    """Text as roff shows it: no escapes, no requests, minus signs that can be searched for."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    text = "".join(SYMBOLS.get(c, c if c.isascii() else rf"\[u{ord(c):04X}]") for c in text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def comment_of(element):
    """The lines of the comment before an element, without their common indent, and without its first: the name."""
    node = element.previousSibling
    while node is not None and node.nodeType == node.TEXT_NODE:
        node = node.previousSibling
    if node is None or node.nodeType != node.COMMENT_NODE:
        sys.exit(f"{element.getAttribute('name')} has no comment")
    lines = node.data.strip("\n").rstrip().splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    lines = [line[indent:] for line in lines]
    if lines[0].rstrip(":") != element.getAttribute("name"):
        sys.exit(f"the comment before {element.getAttribute('name')} is about {lines[0]}")
    return lines[1:]


def paragraphs(lines):
    """Runs of lines between empty ones; a line that is indented belongs to a table, one with "word:" starts anew."""
    block = []
    for line in lines + [""]:
        starts = re.match(r"@\w+:|(polkit|errors): ", line)
        table = line.startswith("  ") and block and not re.match(r"@|polkit:|errors:", block[0])
        if block and (not line.strip() or starts or table != block[0].startswith("  ")):
            yield block
            block = []
        if line.strip():
            block.append(line)


def argument(match, rest):
    return f".TP\n\\fI{roff(match[1])}\\fR\n{roff(' '.join([match[2]] + rest))}"


def table_row(line):
    """"  Name   meaning\""""
    name, meaning = line.strip().split(maxsplit=1)
    return f".TP\n.B {roff(name)}\n{roff(meaning)}"


def prose(lines):
    out = []
    for block in paragraphs(lines):
        words = [line.strip() for line in block]
        if block[0].startswith("@short_description"):
            continue
        if match := re.match(r"@(\w+):\s*(.*)", block[0]):
            out.append(argument(match, words[1:]))
        elif match := re.match(r"(polkit|errors):\s*(.*)", block[0]):
            title = {"polkit": "polkit action", "errors": "Errors"}[match[1]]
            out.append(f".PP\n{title}: {roff(' '.join([match[2]] + words[1:]))}")
        elif block[0].startswith("  "):
            out.append("\n".join(table_row(line) for line in block))
        else:
            out.append(".PP\n" + roff("\n".join(words)))
    return "\n".join(out)


def arguments_of(element, direction=None):
    args = [a for a in element.getElementsByTagName("arg") if direction in (None, a.getAttribute("direction"))]
    return ", ".join(f"{a.getAttribute('type')} {a.getAttribute('name')}" for a in args)


def heading(element):
    name = element.getAttribute("name")
    if element.tagName == "property":
        return f"{element.getAttribute('type')} {name}"
    if element.tagName == "signal":
        return f"{name}({arguments_of(element)})"
    result = arguments_of(element, "out")
    return f"{name}({arguments_of(element, 'in')})" + (f" → {result}" if result else "")


def section(title, elements):
    parts = [f'.SH {title}']
    for element in elements:
        parts.append(f'.SS "{roff(heading(element))}"\n{prose(comment_of(element))}')
    return "\n".join(parts)


def page(interface, version):
    short = next(line for line in comment_of(interface) if line.startswith("@short_description"))
    parts = [
        f'.TH ORG.PIKVM.OTGNET 5 "" "otgnet {roff(version)}" "D\\-Bus interface"\n.nh\n.ad l',
        f".SH NAME\norg.pikvm.OtgNet \\- {roff(short.split(':', 1)[1].strip())}",
        ".SH DESCRIPTION\n" + prose(comment_of(interface)),
        section("METHODS", interface.getElementsByTagName("method")),
        section("SIGNALS", interface.getElementsByTagName("signal")),
        section("PROPERTIES", interface.getElementsByTagName("property")),
        ".SH SEE ALSO\n.BR otgnetctl (1),\n.BR otgnetd (8),\n.BR otgnet.yaml (5),\n.BR polkit (8)",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(page(minidom.parse(sys.argv[1]).getElementsByTagName("interface")[0], sys.argv[2]), end="")
