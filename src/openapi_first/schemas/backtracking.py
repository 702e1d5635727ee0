"""Finds the patterns whose search needs backtracking, and those that apply to many strings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.core.bounded_search import bounded_search
from openapi_first.documents.node import Node, Place
from openapi_first.schemas.lowering import SchemaLowering

_REPEATING = frozenset(
    {
        *("items", "contains", "additionalProperties", "propertyNames"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)
"""Keywords whose schema applies to any number of values."""
_MOST_PLACES = 3
_SAME = frozenset({"not", "if", "then", "else"})
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas")


@dataclass(frozen=True, slots=True)
class BacktrackingPattern:
    """`node` is its place, `lowered` the pattern that the Lambda searches by. `is_name`: it is for
    names of properties. `repeated`: one value may have any number of strings for it."""

    node: Node
    lowered: str
    is_name: bool
    repeated: bool


def backtracking_places(lowerings: Iterable[SchemaLowering]) -> dict[str, str]:
    """The places of such patterns in the contract, by the pattern that the Lambda searches by."""
    places: dict[str, dict[str, None]] = {}
    for lowering in lowerings:
        for each in _written(lowering):
            place = Place.of(each.node)
            written = f"{Path(place.file).name}:{place.line}#{place.pointer}"
            places.setdefault(each.lowered, {})[written] = None
    return {pattern: _some(sorted(places[pattern])) for pattern in sorted(places)}


def _some(places: list[str]) -> str:
    more = len(places) - _MOST_PLACES
    return ", ".join(places[:_MOST_PLACES]) + (f" and {more} more" if more > 0 else "")


def backtracking_patterns(
    lowering: SchemaLowering, roots: Iterable[Any]
) -> Iterator[BacktrackingPattern]:
    """Those in lowered schemas, and in the definitions that these refer to. A pattern can be found
    twice, repeated and not."""
    if next(_written(lowering), None) is None:  # as in most contracts
        return
    definitions, prefix = lowering.definitions, lowering.prefix
    waiting: list[tuple[Any, bool]] = [(root, False) for root in roots]
    seen: set[tuple[int, bool]] = set()
    while waiting:
        schema, repeated = waiting.pop()
        if not isinstance(schema, dict) or (id(schema), repeated) in seen:
            continue
        seen.add((id(schema), repeated))
        node = lowering.node_of(schema)
        if node is not None:
            yield from _own(schema, node, repeated)
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.removeprefix(prefix)
            recursive = lowering.references.is_recursive(name)
            waiting.append((definitions[name], repeated or recursive))
        waiting += [(schema[key], True) for key in _REPEATING & schema.keys()]
        waiting += [(schema[key], repeated) for key in _SAME & schema.keys()]
        for key in _LISTS:
            waiting += [(each, repeated) for each in schema.get(key, ())]
        for key in _MAPS:
            many = repeated or key == "patternProperties"
            waiting += [(each, many) for each in schema.get(key, {}).values()]


def _written(lowering: SchemaLowering) -> Iterator[BacktrackingPattern]:
    """Those in any schema that has been lowered, without whether they are repeated."""
    for schema, node in lowering.written():
        if isinstance(schema, dict):
            yield from _own(schema, node, False)


def _own(schema: dict[str, Any], node: Node, repeated: bool) -> Iterator[BacktrackingPattern]:
    place = node.child("pattern") if "pattern" in schema else None
    if place is not None and _backtracks(schema["pattern"]):
        yield BacktrackingPattern(place, schema["pattern"], False, repeated)
    names = node.child("patternProperties") if "patternProperties" in schema else None
    if names is None:
        return
    for written, lowered in zip(names.value, schema["patternProperties"], strict=False):
        place = names.child(written)
        if place is not None and _backtracks(lowered):
            yield BacktrackingPattern(place, lowered, True, True)


def _backtracks(pattern: str) -> bool:
    try:
        return not bounded_search(pattern).is_linear
    except ValueError:
        return False  # the compiler refuses it
