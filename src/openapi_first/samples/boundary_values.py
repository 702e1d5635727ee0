"""Values at the bounds of a schema: each keyword at its bound, just inside and just outside, and
values that break careless code. The same values in the same order each time; a validator decides
which of them match the whole schema."""

from __future__ import annotations

import contextlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from openapi_first.samples.branches import types_of
from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.places import Place, Places
from openapi_first.samples.sampling import samples
from openapi_first.samples.search import Exhausted
from openapi_first.samples.values.members import EXTRA
from openapi_first.samples.values.numbers import exact, step_of, written
from openapi_first.samples.violations import Tried, violations_at

_LONGEST = 20_000
_SIZES = ("minItems", "maxItems")
_TRIES = 8
"""How many values are compared for each item that has to be different."""
_MOST_ITEMS = 1_000
_MOST_PLAIN = 6
_DEPTH_OF_ODD_VALUES = 2
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
    for each in _values(lowered, rng):
        found.setdefault(json.dumps(each.value, sort_keys=True), each)
    return list(found.values())


def _values(lowered: LoweredSchema, rng: random.Random) -> Iterator[BoundaryValue]:
    plain = list(islice(samples(lowered, rng), _MOST_PLAIN))
    for number, value in enumerate(plain):
        yield BoundaryValue(f"another value, {number}" if number else "a plain value", value)
    places = Places(lowered, rng)
    tried: Tried = Counter()
    for whole in plain[:1]:
        for place in places.within(whole):
            for title, value in _at(places, place):
                yield BoundaryValue(place.title + title, place.replaced(value))
            for violation in violations_at(lowered, places, place, tried):
                title = f"{place.title}only {violation.keyword} is violated"
                yield BoundaryValue(title, violation.value)
    for title, value in () if plain else _ANY_TYPE.items():
        yield BoundaryValue(title, value)


def _at(places: Places, place: Place) -> Iterator[tuple[str, Any]]:
    types = types_of(place.leaves)
    for schema in place.leaves:
        yield from _enumerated(schema)
        if "string" in types:
            yield from _lengths(schema)
            yield from _formatted_lengths(places, place, schema)
        if "integer" in types or "number" in types:
            yield from _bounds(schema)
    if "string" in types and len(place.path) <= _DEPTH_OF_ODD_VALUES:
        yield from _STRINGS
    if "integer" in types or "number" in types:
        for value in (0, -1, 1, 0.5, 1e-9, 2**31, 2**53 + 1, -(2**63), 10**30):
            yield f"the number {value}", value
        yield "a number as a string", "1"
    if "array" in types:
        yield from _arrays(places, place)
    if isinstance(place.value, dict):
        yield from _objects(places, place, place.value)
    if len(place.path) <= _DEPTH_OF_ODD_VALUES:
        yield from _ANY_TYPE.items()


def _enumerated(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for value in schema.get("enum", ()):
        yield f"{value!r} of enum", value
    if "enum" in schema or "const" in schema:
        yield "a string that is not in enum", "none-of-these"


def _lengths(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for keyword in ("minLength", "maxLength"):
        bound = schema.get(keyword)
        if bound is None or bound > _LONGEST:
            continue
        for offset in (0, -1, 1):
            length = int(bound) + offset
            if length >= 0:
                where = _WHERE[offset].format(keyword)
                yield f"{length} letters, {where}", "a" * length
                yield f"{length} two-byte letters, {where}", "é" * length
    if "format" in schema:
        form = schema["format"]
        yield f"a string that does not match the format {form}", f"not-a-{form}"


def _formatted_lengths(
    places: Places, place: Place, schema: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Strings at the bounds of a length where only letters do not match the format or pattern."""
    if not any(key in each for each in place.leaves for key in ("format", "pattern")):
        return
    for keyword in ("minLength", "maxLength"):
        bound = schema.get(keyword)
        if bound is None or bound > _LONGEST:
            continue
        exact_length = {"type": "string", "minLength": bound, "maxLength": bound}
        try:
            for value in islice(places.search.values((*place.leaves, exact_length), place.path), 1):
                yield f"{bound} letters that match, {_WHERE[0].format(keyword)}", value
        except Exhausted:
            return


def _bounds(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    step = step_of(schema) or 1
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        bound = exact(schema.get(keyword))
        if bound is None:
            continue
        for offset in (0, -1, 1):
            value = written(bound + offset * step)
            if value is not None:
                yield f"{value}, {_WHERE[offset].format(keyword)}", value


def _arrays(places: Places, place: Place) -> Iterator[tuple[str, Any]]:
    schemas = places.search.elements(place.leaves, ()).schemas_of(0)
    try:
        elements = _elements(places, place, schemas)
    except Exhausted:
        return
    unique = _are_unique(place)
    for keyword in _SIZES:
        bounds = [each[keyword] for each in place.leaves if keyword in each]
        for bound in bounds if elements else ():
            for offset in (0, -1, 1):
                count = int(bound) + offset
                if 0 <= count <= _MOST_ITEMS:
                    items = elements[:count] if unique else elements[:1] * count
                    if len(items) == count:
                        yield f"{count} items, {_WHERE[offset].format(keyword)}", items
    yield "no items", []
    if elements:
        yield "an item twice", elements[:1] * 2


def _are_unique(place: Place) -> bool:
    return any(each.get("uniqueItems") is True for each in place.leaves)


def _elements(places: Places, place: Place, schemas: Any) -> list[Any]:
    """One value for the items of an array, or different ones if they must be unique. Raises
    Exhausted."""
    found = places.search.values(schemas, place.path)
    if not _are_unique(place):
        return list(islice(found, 1))
    bounds = [int(each[key]) for each in place.leaves for key in _SIZES if key in each]
    most = min(_MOST_ITEMS, max(bounds, default=0) + 1)
    different: dict[str, Any] = {}
    with contextlib.suppress(Exhausted):
        for value in islice(found, _TRIES * most):
            different.setdefault(json.dumps(value, sort_keys=True), value)
            if len(different) >= most:
                break
    return list(different.values())


def _objects(places: Places, place: Place, base: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    members = places.search.members(place.leaves, ())
    names = dict.fromkeys(name for each in place.leaves for name in each.get("properties", ()))
    whole = dict(base)
    for name in names:
        schemas = members.schemas_of(name)
        if name not in whole and schemas is not None:
            try:
                whole.update((name, each) for each in islice(places.search.values(schemas), 1))
            except Exhausted:
                return
    yield "every property", whole
    for name in dict.fromkeys(name for each in place.leaves for name in each.get("required", ())):
        yield f"without {name}", {key: base[key] for key in base if key != name}
    yield "an unknown property", {**base, EXTRA: "surprise"}
