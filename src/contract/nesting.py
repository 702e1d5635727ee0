"""Whether a text of YAML or JSON might nest deeply, told in one quick look."""

from __future__ import annotations

import re

__all__ = ["may_nest_deeper"]

_BRACKETS = re.compile(r"[][{}]")
_INDENTATION = re.compile(r"^[ \t]*(?:[-?:][ \t]+)*", re.MULTILINE)


def may_nest_deeper(text: str, limit: int) -> bool:
    """False when it surely does not; brackets in strings and comments may make it True."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += 1 if found[0] in "[{" else -1
        if depth > limit:
            return True
    return any(len(found[0]) > limit for found in _INDENTATION.finditer(text))
