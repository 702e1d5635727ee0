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
