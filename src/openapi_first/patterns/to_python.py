"""ECMA-262 regular expressions, as in the `pattern` of a model, for Python's `re`.

API Gateway's validator is in Java and uses ECMA-262. Python's dialect differs enough to accept bad
bodies: its `$` also matches before a final newline, and its `\\d` and `\\w` match the digits and
letters of every script.
"""

from __future__ import annotations

import re

# ECMA-262 5.1, 15.10.2.12: white space and line terminators.
_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def to_python(pattern: str) -> str:
    """The same expression for `re.search`. Raises re.error for syntax that Python does not have."""
    out: list[str] = []
    position, in_class = 0, False
    while position < len(pattern):
        piece, width, in_class = _piece(pattern, position, in_class)
        out.append(piece)
        position += width
    # A scoped group, not a flag: validators join several patterns with "|".
    translated = f"(?a:{''.join(out)})"
    re.compile(translated)
    return translated


def _piece(pattern: str, at: int, in_class: bool) -> tuple[str, int, bool]:
    """The next piece of the translation, its length in the pattern, and whether a class is open."""
    character = pattern[at]
    if character == "\\":
        return (*_escape(pattern[at : at + 2], in_class), in_class)
    if in_class:
        # For Python, a bracket in a class may begin a nested set; in ECMA-262 it is a character.
        return ("\\[" if character == "[" else character), 1, character != "]"
    if pattern.startswith("[^]", at):
        return r"[\s\S]", 3, False
    if pattern.startswith("[]", at):
        return "(?!)", 2, False
    if pattern.startswith("[^", at):
        return "[^", 2, True
    if pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in ("=", "!"):
        return "(?P<", 3, False
    if character == "$":
        return r"\Z", 1, False
    return character, 1, character == "["


def _escape(escape: str, in_class: bool) -> tuple[str, int]:
    if escape == r"\s":
        return (_SPACE if in_class else f"[{_SPACE}]"), 2
    if escape == r"\S" and not in_class:
        return f"[^{_SPACE}]", 2
    if len(escape) == 2 and escape[1].isalpha() and escape[1] in "aAzZ":
        # Identity escapes in ECMA-262; anchors or a control character in Python.
        return escape[1], 2
    return escape, 2
