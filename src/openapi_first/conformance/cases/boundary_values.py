"""Values at the edges of a schema: each keyword at its bound, just inside and just outside, and
what breaks careless code. Always the same ones, in the same order; whether a value keeps the whole
schema is for a validator to say."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from openapi_first.conformance.requests.request_schemas import Lowered
from openapi_first.conformance.requests.sampling import NoSample, sample

_LONGEST = 20_000
_MOST_ITEMS = 1_000
_DEPTH = 4
_TEXTS = (
    ("an empty text", ""),
    ("a blank", " "),
    ("letters with accents", "Ünïcödé é"),
    ("letters beyond Latin", "日本語 العربية"),
    ("a letter outside the basic plane", "😀𐍈"),
    ("combining letters", "e\u0301\u0323"),
    ("a line break", "a\nb\r\n"),
    ("a NUL", "a\u0000b"),
    ("quotes and markup", "'\";--<script>&amp;</script>"),
    ("an expression", "${7*7}{{7*7}}%s%n"),
    ("the word null", "null"),
    ("a path", "../../etc/passwd"),
    ("a text of 10,000 letters", "a" * 10_000),
)
_WRONG_TYPES: dict[str, Any] = {
    "null": None,
    "a text": "text",
    "a number": 1.5,
    "an integer": 7,
    "a boolean": True,
    "a list": [],
    "an object": {},
}


class Variant(NamedTuple):
    """A value, and what is special about it."""

    title: str
    value: Any


def variants(lowered: Lowered, dice: random.Random) -> list[Variant]:
    """Every variant of a schema, equal values once."""
    found: dict[str, Variant] = {}
    for variant in _variants(lowered, lowered.schema, dice, 0):
        found.setdefault(json.dumps(variant.value, sort_keys=True), variant)
    return list(found.values())


def _variants(lowered: Lowered, schema: Any, dice: random.Random, depth: int) -> Iterator[Variant]:
    merged = lowered.merged(schema)
    with_base = True
    try:
        base = sample(lowered, dice, schema)
        yield Variant("a plain value", base)
    except NoSample:
        with_base = False
        base = None
    for value in merged.get("enum", ()):
        yield Variant(f"{value!r} of enum", value)
    if "enum" in merged or "const" in merged:
        yield Variant("a text beside enum", "none-of-these")
    for key in ("oneOf", "anyOf"):
        for number, branch in enumerate(merged.get(key, ()), 1):
            for variant in _variants(lowered, branch, dice, depth + 1) if depth < _DEPTH else ():
                yield Variant(f"{key} {number}: {variant.title}", variant.value)
    named = merged.get("type")
    types = {named} if isinstance(named, str) else set(named or ())
    if "string" in types:
        yield from _texts(merged)
    if types & {"integer", "number"}:
        yield from _numbers(merged)
    if "array" in types and depth < _DEPTH:
        yield from _arrays(lowered, merged, dice, depth)
    if ("object" in types or "properties" in merged) and depth < _DEPTH and with_base:
        yield from _objects(lowered, merged, base, dice, depth)
    for title, value in _WRONG_TYPES.items():
        yield Variant(title, value)


def _texts(schema: dict[str, Any]) -> Iterator[Variant]:
    for keyword in ("minLength", "maxLength"):
        bound = schema.get(keyword)
        if bound is None or bound > _LONGEST:
            continue
        for offset in (0, -1, 1):
            length = bound + offset
            if length >= 0:
                where = _WHERE[offset].format(keyword)
                yield Variant(f"{length} letters, {where}", "a" * length)
                yield Variant(f"{length} wide letters, {where}", "é" * length)
    if "format" in schema:
        yield Variant(f"a text that is no {schema['format']}", f"not-a-{schema['format']}")
    for title, value in _TEXTS:
        yield Variant(title, value)


_WHERE = {0: "at {}", -1: "one below {}", 1: "one above {}"}


def _numbers(schema: dict[str, Any]) -> Iterator[Variant]:
    step = schema.get("multipleOf") or 1
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        bound = schema.get(keyword)
        if isinstance(bound, bool) or bound is None:
            continue
        for offset in (0, -1, 1):
            yield Variant(
                f"{bound + offset * step}, {_WHERE[offset].format(keyword)}", bound + offset * step
            )
    for value in (0, -1, 1, 0.5, 1e-9, 2**31, 2**53 + 1, -(2**63), 10**30):
        yield Variant(f"the number {value}", value)
    yield Variant("a number as a text", "1")


def _arrays(
    lowered: Lowered, schema: dict[str, Any], dice: random.Random, depth: int
) -> Iterator[Variant]:
    items = schema.get("items", {})
    try:
        element = sample(lowered, dice, items)
    except NoSample:
        return
    for keyword in ("minItems", "maxItems"):
        bound = schema.get(keyword)
        if bound is None or bound > _MOST_ITEMS:
            continue
        for offset in (0, -1, 1):
            if bound + offset >= 0:
                title = f"{bound + offset} items, {_WHERE[offset].format(keyword)}"
                yield Variant(title, [element] * (bound + offset))
    yield Variant("no items", [])
    yield Variant("an item twice", [element, element])
    for variant in _variants(lowered, items, dice, depth + 1):
        yield Variant(f"item: {variant.title}", [variant.value])


def _objects(
    lowered: Lowered, schema: dict[str, Any], base: Any, dice: random.Random, depth: int
) -> Iterator[Variant]:
    if not isinstance(base, dict):
        return
    properties = schema.get("properties", {})
    whole = dict(base)
    for name, member in properties.items():
        try:
            whole.setdefault(name, sample(lowered, dice, member))
        except NoSample:
            continue
    yield Variant("every member", whole)
    for name in schema.get("required", ()):
        yield Variant(f"without {name}", {key: base[key] for key in base if key != name})
    yield Variant("a member nobody knows", {**base, "x_unknown_member": "surprise"})
    for name, member in properties.items():
        for variant in _variants(lowered, member, dice, depth + 1):
            yield Variant(f"{name}: {variant.title}", {**base, name: variant.value})
