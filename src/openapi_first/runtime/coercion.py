"""Converts strings to values of the types that a schema allows.

Numbers are written as in JSON (RFC 8259 §6: ASCII digits, no plus sign, no leading zero), booleans
as `true` and `false`. A string that parses as none of the types stays a string.
"""

from __future__ import annotations

import re
from typing import Any

from openapi_first.runtime.json_text import parse_number
from openapi_first.runtime.plan import TextPlan
from openapi_first.runtime.styles import Raw

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MOST_DIGITS = 4300  # the limit of Python's int()


def candidates(raw: Raw, plan: TextPlan) -> list[Any]:
    """The values that a string, or the parts of one, may stand for, narrow types first.

    There are two when the schema allows strings beside another type.
    """
    if isinstance(raw, list):
        narrow: Any = [coerce(text, plan.items) for text in raw]
        return _with_strings(narrow, raw, plan.items)
    if isinstance(raw, dict):
        types = {name: plan.properties.get(name, plan.others or ()) for name in raw}
        narrow = {name: coerce(text, types[name]) for name, text in raw.items()}
        mixed = tuple(name for each in types.values() for name in each)
        return _with_strings(narrow, raw, mixed)
    return _with_strings(coerce(raw, plan.types), raw, plan.types)


def _with_strings(narrow: Any, raw: Raw, types: tuple[str, ...]) -> list[Any]:
    return [narrow, raw] if "string" in types and narrow != raw else [narrow]


def coerce(text: str, types: tuple[str, ...]) -> Any:
    """The string as the first of the JSON types that it parses as, else the string itself."""
    for name in types:
        if name == "boolean":
            if text in ("true", "false"):
                return text == "true"
        elif name == "integer":
            if len(text) <= _MOST_DIGITS and _INTEGER.fullmatch(text):
                return int(text)
        elif name == "number" and len(text) <= _MOST_DIGITS and _NUMBER.fullmatch(text):
            try:
                return int(text) if _INTEGER.fullmatch(text) else parse_number(text)
            except ValueError:
                return text
    return text
