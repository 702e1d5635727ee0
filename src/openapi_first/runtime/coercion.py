"""Texts as values of the types a schema names.

Numbers are spelled as in JSON (RFC 8259 §6: ASCII digits, no plus sign, no leading zero), booleans
`true` and `false`. A text that fits none of the types stays a text.
"""

from __future__ import annotations

import re
from typing import Any

from openapi_first.runtime.json_numbers import numeral
from openapi_first.runtime.plan import TextPlan
from openapi_first.runtime.styles import Raw

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_NUMERAL = 4300  # what Python's int() takes


def candidates(raw: Raw, plan: TextPlan) -> list[Any]:
    """The values a text, or a text taken apart, may stand for, the narrowest first.

    More than one only where a schema allows a string beside something else.
    """
    if isinstance(raw, list):
        narrow: Any = [coerce(text, plan.items) for text in raw]
        return _or_texts(narrow, raw, plan.items)
    if isinstance(raw, dict):
        types = {name: plan.properties.get(name, plan.others or ()) for name in raw}
        narrow = {name: coerce(text, types[name]) for name, text in raw.items()}
        mixed = tuple(name for each in types.values() for name in each)
        return _or_texts(narrow, raw, mixed)
    return _or_texts(coerce(raw, plan.types), raw, plan.types)


def _or_texts(narrow: Any, raw: Raw, types: tuple[str, ...]) -> list[Any]:
    return [narrow, raw] if "string" in types and narrow != raw else [narrow]


def coerce(text: str, types: tuple[str, ...]) -> Any:
    """The text as the first of the JSON types that its spelling fits, else the text itself."""
    for name in types:
        if name == "boolean":
            if text in ("true", "false"):
                return text == "true"
        elif name == "integer":
            if len(text) <= _LONGEST_NUMERAL and _INTEGER.fullmatch(text):
                return int(text)
        elif name == "number" and len(text) <= _LONGEST_NUMERAL and _NUMBER.fullmatch(text):
            try:
                return int(text) if _INTEGER.fullmatch(text) else numeral(text)
            except ValueError:
                return text
    return text
