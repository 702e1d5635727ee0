"""Schemas for the values that violate a schema, or just one of its keywords."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

from openapi_first.samples.values.members import EXTRA
from openapi_first.samples.values.numbers import OFF, exact, step_of, written

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_MOST_PAIRS = 20
_Made = Iterator[dict[str, Any]]


def negated(schema: Any, resolved: Callable[[str], Any]) -> Iterator[Any]:
    """Schemas, of each of which most values violate `schema`; they cover what is easy to find.
    `resolved` returns the target of a reference."""
    if schema is True:
        return
    if schema is False:
        yield {}
        return
    if "$ref" in schema:
        yield {"not": resolved(schema["$ref"])}
    for key in schema:
        yield from violating(schema, key)


def violating(schema: dict[str, Any], key: str) -> _Made:
    """Schemas for values that violate one keyword of the schema, those close to its bound first.
    Most of those values match its other keywords."""
    if key in _WAYS:
        kind, way = _WAYS[key]
        for each in way(schema, key):
            if None not in each.values():  # a number too large for a bound
                yield {"type": kind, **each} if kind else each


def _type(schema: dict[str, Any], key: str) -> _Made:
    named = {schema[key]} if isinstance(schema[key], str) else set(schema[key])
    if "integer" in named and "number" not in named:
        yield {"type": "number", OFF: {"type": "integer"}}
    if named & {"integer", "number"}:
        named |= {"integer", "number"}
    others = [each for each in TYPES if each not in named]
    if others:
        yield {"type": others}


def _without_opposite(schema: dict[str, Any], key: str) -> _Made:
    if schema[key] is not False:
        yield {OFF: {key: schema[key]}}


def _is_idle(schema: Any) -> bool:
    return schema is True or schema == {}


_OPPOSITES = {
    **{f"min{name}": f"max{name}" for name in ("Length", "Items", "Properties")},
    **{f"max{name}": f"min{name}" for name in ("Length", "Items", "Properties")},
}


def _size(schema: dict[str, Any], key: str) -> _Made:
    size, opposite = schema[key], _OPPOSITES[key]
    if key.startswith("max"):
        yield {opposite: size + 1}
    elif size > 0:
        yield {key: size - 1, opposite: size - 1}
        yield {opposite: size - 1}


def _bound(schema: dict[str, Any], key: str) -> _Made:
    """The number next to the bound, then those up to 1 beyond it, then any. In draft 4
    `exclusiveMinimum` is a flag."""
    is_low = key.endswith("inimum")
    same, other = ("minimum", "maximum") if is_low else ("maximum", "minimum")
    flag = isinstance(schema[key], bool)
    bound = exact(schema.get(same) if flag else schema[key])
    if bound is None or schema[key] is False:
        return
    away = -1 if is_low else 1
    if key != same:
        yield {same: written(bound), other: written(bound)}
        if flag:
            return
    for distance in (step_of(schema), Fraction(1)):
        if distance is not None:
            near, far = bound + away * distance, bound
            yield {same: written(near), other: written(near)}
            yield {same: written(near), other: written(far), OFF: {key: schema[key]}}
    yield {other: written(bound)}


def _required(schema: dict[str, Any], key: str) -> _Made:
    yield from ({"properties": {name: False}} for name in schema[key])


def _properties(schema: dict[str, Any], key: str) -> _Made:
    for name, member in schema[key].items():
        if not _is_idle(member):
            yield {"required": [name], "properties": {name: {"not": member}}}


def _pattern_properties(schema: dict[str, Any], key: str) -> _Made:
    for pattern, member in schema[key].items():
        if not _is_idle(member):
            opposite = {pattern: {"not": member}}
            named = {"pattern": pattern}
            yield {"minProperties": 1, "propertyNames": named, "patternProperties": opposite}


def _extra_member(schema: dict[str, Any], key: str) -> _Made:
    if not _is_idle(schema[key]):
        yield {"required": [EXTRA], "properties": {EXTRA: {"not": schema[key]}}}


def _names(schema: dict[str, Any], key: str) -> _Made:
    yield {"minProperties": 1, "propertyNames": {"not": schema[key]}}


def _dependent(schema: dict[str, Any], key: str) -> _Made:
    for name, needed in schema[key].items():
        if isinstance(needed, list):
            yield from ({"required": [name], "properties": {each: False}} for each in needed)
        else:
            yield {"required": [name], "allOf": [{"not": needed}]}


def _items(schema: dict[str, Any], key: str) -> _Made:
    if not _is_idle(schema[key]):
        first = len(schema.get("prefixItems", ()))
        yield {"minItems": first + 1, "prefixItems": [*[{}] * first, {"not": schema[key]}]}


def _prefix(schema: dict[str, Any], key: str) -> _Made:
    for index, member in enumerate(schema[key]):
        if not _is_idle(member):
            yield {"minItems": index + 1, "prefixItems": [*[{}] * index, {"not": member}]}


def _twice(schema: dict[str, Any], key: str) -> _Made:
    if schema[key]:
        yield {"minItems": 2, OFF: {key: True}}


def _contains(schema: dict[str, Any], key: str) -> _Made:
    if schema.get("minContains", 1) > 0:
        yield {"items": {"not": schema[key]}}


def _contained(schema: dict[str, Any], key: str) -> _Made:
    count, found = schema[key], schema.get("contains")
    if found is not None and key == "maxContains":
        yield {"contains": found, "minContains": count + 1}
    elif found is not None and count > 0:
        yield {"contains": found, "minContains": count - 1, "maxContains": count - 1}


def _all_of(schema: dict[str, Any], key: str) -> _Made:
    yield from ({"not": branch} for branch in schema[key])


def _none_of(schema: dict[str, Any], key: str) -> _Made:
    yield {"allOf": [{"not": branch} for branch in schema[key]]}
    if key == "oneOf":
        for pair in list(combinations(schema[key], 2))[:_MOST_PAIRS]:
            yield {"allOf": list(pair)}


def _not(schema: dict[str, Any], key: str) -> _Made:
    yield {"allOf": [schema[key]]}


def _conditional(schema: dict[str, Any], key: str) -> _Made:
    if "if" in schema:
        asked = schema["if"] if key == "then" else {"not": schema["if"]}
        yield {"allOf": [asked, {"not": schema[key]}]}


_Way = Callable[[dict[str, Any], str], _Made]
_WAYS: dict[str, tuple[str | None, _Way]] = {
    "type": (None, _type),
    **dict.fromkeys(("enum", "const"), (None, _without_opposite)),
    **dict.fromkeys(("pattern", "format"), ("string", _without_opposite)),
    **dict.fromkeys(("minLength", "maxLength"), ("string", _size)),
    "multipleOf": ("number", _without_opposite),
    **dict.fromkeys(("minimum", "exclusiveMinimum"), ("number", _bound)),
    **dict.fromkeys(("maximum", "exclusiveMaximum"), ("number", _bound)),
    **dict.fromkeys(("minProperties", "maxProperties"), ("object", _size)),
    "required": ("object", _required),
    "properties": ("object", _properties),
    "patternProperties": ("object", _pattern_properties),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), ("object", _extra_member)),
    "propertyNames": ("object", _names),
    **dict.fromkeys(
        ("dependentRequired", "dependentSchemas", "dependencies"), ("object", _dependent)
    ),
    **dict.fromkeys(("minItems", "maxItems"), ("array", _size)),
    **dict.fromkeys(("items", "unevaluatedItems"), ("array", _items)),
    "prefixItems": ("array", _prefix),
    "uniqueItems": ("array", _twice),
    "contains": ("array", _contains),
    **dict.fromkeys(("minContains", "maxContains"), ("array", _contained)),
    "allOf": (None, _all_of),
    **dict.fromkeys(("anyOf", "oneOf"), (None, _none_of)),
    "not": (None, _not),
    **dict.fromkeys(("then", "else"), (None, _conditional)),
}
"""By keyword: the type that it is about, if it is one, and what makes the schemas."""
