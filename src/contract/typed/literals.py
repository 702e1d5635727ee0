"""Constants and texts as Python source."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["docstring", "literal", "quoted"]

_LONGEST_SUMMARY = 80


def quoted(text: str) -> str:
    """A string literal, in ASCII."""
    return json.dumps(text) if text.isascii() and text.isprintable() else _escaped(text)


def _escaped(text: str) -> str:
    return '"' + ascii(text)[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def literal(values: list[Any]) -> str | None:
    """`Literal[...]` of the values, None when one of them cannot stand in it (PEP 586)."""
    if not values or not all(value is None or isinstance(value, str | int) for value in values):
        return None
    written = [quoted(value) if isinstance(value, str) else repr(value) for value in values]
    return f"Literal[{', '.join(dict.fromkeys(written))}]"


def docstring(text: str, fallback: str) -> str:
    """A docstring of one line that says the same, shortened where it is long."""
    summary = " ".join(text.split()) or fallback
    if len(summary) > _LONGEST_SUMMARY:
        summary = summary[:_LONGEST_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    summary = summary.replace("\\", "/").replace('"', "'")
    return f'"""{"".join(letter for letter in summary if letter.isprintable())}"""'
