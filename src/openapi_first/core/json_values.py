"""What JSON's grammar allows and the engine does not (RFC 8259 §4, §8.2, §9)."""

from __future__ import annotations

import re
from typing import Any

MOST_DIGITS = 4300
"""The limit of Python's int()."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_CONTAINERS = frozenset({dict, list})


def may_have_lone_surrogates(text: str) -> bool:
    """A cheap test of a JSON text: False is certain."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return True
    return "\\u" in text and _ESCAPED_SURROGATE.search(text) is not None


def nests_deeper(value: Any, limit: int) -> bool:
    """Whether arrays and objects of a parsed value are nested deeper than `limit`."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(limit):
        level = [
            item
            for node in level
            for item in (node.values() if type(node) is dict else node)
            if type(item) in _CONTAINERS
        ]
        if not level:
            return False
    return True


_INDENTATION = re.compile(r"^[ \t]*(?:[-?:][ \t]+)*", re.MULTILINE)
_SAFE_NESTING = 5000
"""Nesting that libyaml can compose, whatever thread it runs in."""


def openings(text: str) -> int:
    """The brackets and braces that open, also those in strings."""
    return text.count("[") + text.count("{")


def may_exhaust_the_stack(text: str, limit: int) -> bool:
    """A cheap test of a YAML text, which is never wrong about nesting far deeper than the limit;
    brackets may be in strings."""
    return openings(text) > _SAFE_NESTING or any(
        len(found[0]) > limit for found in _INDENTATION.finditer(text)
    )
