"""Values at the bounds of a schema: each keyword at its bound, just inside and just outside, and
values that break careless code. The same values in the same order each time; a validator decides
which of them match the whole schema."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.sampling import NoSample, sample

_LONGEST = 20_000
_MOST_ITEMS = 1_000
_DEPTH = 4
_STRINGS = (
    ("an empty string", ""),
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
    ("a string of 10,000 letters", "a" * 10_000),
)
_ANY_TYPE: dict[str, Any] = {
    "null": None,
    "a string": "text",
    "a number": 1.5,
    "an integer": 7,
    "a boolean": True,
    "a list": [],
    "an object": {},
}
_WHERE = {0: "at {}", -1: "one below {}", 1: "one above {}"}


class BoundaryValue(NamedTuple):
    title: str
    value: Any


def boundary_values(lowered: LoweredSchema, rng: random.Random) -> list[BoundaryValue]:
    """The boundary values of a schema, each once."""
    found: dict[str, BoundaryValue] = {}
    for each in _values(lowered, lowered.schema, rng, 0):
        found.setdefault(json.dumps(each.value, sort_keys=True), each)
    return list(found.values())


def _values(
    lowered: LoweredSchema, schema: Any, rng: random.Random, depth: int
) -> Iterator[BoundaryValue]:
    merged = lowered.merged(schema)
    base = None
    try:
        base = sample(lowered, rng, schema)
        yield BoundaryValue("a plain value", base)
    except NoSample:
        pass
    yield from _enumerated(merged)
    if depth < _DEPTH:
        yield from _branches(lowered, merged, rng, depth)
    named = merged.get("type")
    types = {named} if isinstance(named, str) else set(named or ())
    if "string" in types:
        yield from _strings(merged)
    if types & {"integer", "number"}:
        yield from _numbers(merged)
    if "array" in types and depth < _DEPTH:
        yield from _arrays(lowered, merged, rng, depth)
    if ("object" in types or "properties" in merged) and depth < _DEPTH and isinstance(base, dict):
        yield from _objects(lowered, merged, base, rng, depth)
    for title, value in _ANY_TYPE.items():
        yield BoundaryValue(title, value)


def _enumerated(schema: dict[str, Any]) -> Iterator[BoundaryValue]:
    for value in schema.get("enum", ()):
        yield BoundaryValue(f"{value!r} of enum", value)
    if "enum" in schema or "const" in schema:
        yield BoundaryValue("a string that is not in enum", "none-of-these")


def _branches(
    lowered: LoweredSchema, schema: dict[str, Any], rng: random.Random, depth: int
) -> Iterator[BoundaryValue]:
    for key in ("oneOf", "anyOf"):
        for number, branch in enumerate(schema.get(key, ()), 1):
            for each in _values(lowered, branch, rng, depth + 1):
                yield BoundaryValue(f"{key} {number}: {each.title}", each.value)


def _strings(schema: dict[str, Any]) -> Iterator[BoundaryValue]:
    for keyword in ("minLength", "maxLength"):
        bound = schema.get(keyword)
        if bound is None or bound > _LONGEST:
            continue
        for offset in (0, -1, 1):
            length = bound + offset
            if length >= 0:
                where = _WHERE[offset].format(keyword)
                yield BoundaryValue(f"{length} letters, {where}", "a" * length)
                yield BoundaryValue(f"{length} two-byte letters, {where}", "é" * length)
    if "format" in schema:
        form = schema["format"]
        yield BoundaryValue(f"a string that does not match the format {form}", f"not-a-{form}")
    for title, value in _STRINGS:
        yield BoundaryValue(title, value)


def _numbers(schema: dict[str, Any]) -> Iterator[BoundaryValue]:
    step = schema.get("multipleOf") or 1
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        bound = schema.get(keyword)
        if isinstance(bound, bool) or bound is None:
            continue
        for offset in (0, -1, 1):
            value = bound + offset * step
            yield BoundaryValue(f"{value}, {_WHERE[offset].format(keyword)}", value)
    for value in (0, -1, 1, 0.5, 1e-9, 2**31, 2**53 + 1, -(2**63), 10**30):
        yield BoundaryValue(f"the number {value}", value)
    yield BoundaryValue("a number as a string", "1")


def _arrays(
    lowered: LoweredSchema, schema: dict[str, Any], rng: random.Random, depth: int
) -> Iterator[BoundaryValue]:
    items = schema.get("items", {})
    try:
        element = sample(lowered, rng, items)
    except NoSample:
        return
    for keyword in ("minItems", "maxItems"):
        bound = schema.get(keyword)
        if bound is None or bound > _MOST_ITEMS:
            continue
        for offset in (0, -1, 1):
            if bound + offset >= 0:
                title = f"{bound + offset} items, {_WHERE[offset].format(keyword)}"
                yield BoundaryValue(title, [element] * (bound + offset))
    yield BoundaryValue("no items", [])
    yield BoundaryValue("an item twice", [element, element])
    for each in _values(lowered, items, rng, depth + 1):
        yield BoundaryValue(f"item: {each.title}", [each.value])


def _objects(
    lowered: LoweredSchema,
    schema: dict[str, Any],
    base: dict[str, Any],
    rng: random.Random,
    depth: int,
) -> Iterator[BoundaryValue]:
    properties = schema.get("properties", {})
    whole = dict(base)
    for name, member in properties.items():
        try:
            whole.setdefault(name, sample(lowered, rng, member))
        except NoSample:
            continue
    yield BoundaryValue("every property", whole)
    for name in schema.get("required", ()):
        yield BoundaryValue(f"without {name}", {key: base[key] for key in base if key != name})
    yield BoundaryValue("an unknown property", {**base, "x_unknown_member": "surprise"})
    for name, member in properties.items():
        for each in _values(lowered, member, rng, depth + 1):
            yield BoundaryValue(f"{name}: {each.title}", {**base, name: each.value})
