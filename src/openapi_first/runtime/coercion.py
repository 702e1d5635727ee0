"""Converts strings to values of the types that a schema allows.

Numbers are written as in JSON (RFC 8259 §6: ASCII digits, no plus sign, no leading zero), booleans
as `true` and `false`. A string that parses as none of the types stays a string.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from openapi_first.runtime.plan import NestedText, TextPlan
from openapi_first.runtime.styles import Nested, Raw, shown
from openapi_first.runtime.wire.json_text import parse_number

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MOST_DIGITS = 4300  # the limit of Python's int()
_INDEX = re.compile(r"0|[1-9][0-9]{0,2}")
_UNKNOWN = NestedText()


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


def nested_candidates(sent: Nested, places: Sequence[NestedText], name: str) -> list[Any]:
    """The values that a parameter in the style `deepObject` may stand for, as `candidates`.

    The schema decides what `qs` and Rack read differently: `p[0]` is an item where arrays are
    allowed, and otherwise a member. Items are `p[]` in the order sent, or `p[0]`, `p[1]` by number,
    without gaps; a name that is sent more than once is an array. Where the schema allows anything,
    numbers are items, as in `qs`. Raises ValueError for names that have no meaning.
    """
    narrow, wide = (_nested(sent, 0, places, name, wide=wide) for wide in (False, True))
    return [narrow] if narrow == wide else [narrow, wide]


def _nested(
    sent: Nested, at: int | None, places: Sequence[NestedText], name: str, *, wide: bool
) -> Any:
    """`wide`: what may be a string stays one."""
    place = _UNKNOWN if at is None else places[at]
    if isinstance(sent, list):
        item = _UNKNOWN if place.items is None else places[place.items]
        return _texts(sent, place, item, name, wide=wide)
    if not _are_items(sent, place.types, name):
        return {
            member: _nested(
                below,
                place.properties.get(member, place.others),
                places,
                f"{name}[{member}]",
                wide=wide,
            )
            for member, below in sent.items()
        }
    item = _UNKNOWN if place.items is None else places[place.items]
    if "" in sent:
        texts = sent[""]
        if len(sent) > 1 or isinstance(texts, dict):
            raise ValueError(f"the items of {shown(name)} must be numbered, as in {shown(name)}[0]")
        return [_text(text, item, wide=wide) for text in texts]
    return [
        _nested(sent[index], place.items, places, f"{name}[{index}]", wide=wide)
        for index in sorted(sent, key=int)
    ]


def _texts(texts: list[str], place: NestedText, item: NestedText, name: str, *, wide: bool) -> Any:
    """One string, or the items of an array that are sent under one name."""
    types = place.types
    only_items = "array" in types and {"array", "object", "null"}.issuperset(types)
    if only_items or (len(texts) > 1 and (not types or "array" in types)):
        return [_text(text, item, wide=wide) for text in texts]
    if len(texts) > 1:
        raise ValueError(f"{shown(name)} must be given once, not {len(texts)} times")
    return _text(texts[0], place, wide=wide)


def _text(text: str, place: NestedText, *, wide: bool) -> Any:
    return text if wide and "string" in place.types else coerce(text, place.types)


def _are_items(sent: dict[str, Nested], types: tuple[str, ...], name: str) -> bool:
    """Whether the names in brackets are those of an array's items."""
    if "" in sent:
        return True
    if types and "array" not in types:
        return False
    if all(map(_INDEX.fullmatch, sent)):
        return True
    if types and "object" not in types and all(each.isdecimal() for each in sent):
        raise ValueError(f"the items of {shown(name)} are numbered from 0 to 999")
    return False
