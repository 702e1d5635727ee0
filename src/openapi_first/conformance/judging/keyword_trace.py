"""The keywords of a schema that apply to a value, and whether it satisfies each: for coverage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from openapi_first.runtime.validators import Validator, pointer
from openapi_first.samples.lowered_schemas import LoweredSchema

_OF_TYPE: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), str),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems"), list),
    **dict.fromkeys(("minProperties", "maxProperties", "required", "additionalProperties"), dict),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), (int, float)
    ),
}
_ANY_TYPE = ("type", "enum", "const")
_DEPENDS_ON = {
    "additionalProperties": ("properties", "patternProperties"),
    "minimum": ("exclusiveMinimum",),
    "maximum": ("exclusiveMaximum",),
}
_FLAGS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""What draft 4 has as flags of a bound, without which they may not stand."""

_DEPTH = 6
_Path = tuple[str | int, ...]


class KeywordTracer:
    """Traces values through one schema. Pointers, such as `/properties/name/minLength`, ignore
    references."""

    def __init__(self, lowered: LoweredSchema) -> None:
        self._lowered = lowered
        self._validators: dict[str, Validator] = {}

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        """The pointers of all keywords that a value can satisfy or violate."""
        return tuple(dict.fromkeys(self._declared(self._lowered.schema, (), frozenset())))

    def trace(self, value: Any) -> Iterator[tuple[str, bool]]:
        """The pointer of each keyword that applies to the value, and whether it is satisfied."""
        yield from self._traced(self._lowered.schema, value, ())

    def _declared(self, schema: Any, path: _Path, seen: frozenset[str]) -> Iterator[str]:
        merged = self._lowered.merged(schema)
        text = json.dumps(merged, sort_keys=True, default=str)
        if text in seen or len(path) > 2 * _DEPTH:
            return
        for key in merged:
            if key in _ANY_TYPE or (key in _OF_TYPE and _restricts(key, merged[key])):
                yield pointer((*path, key))
        for step, part in _parts(merged):
            yield from self._declared(part, (*path, *step), seen | {text})

    def _traced(self, schema: Any, value: Any, path: _Path) -> Iterator[tuple[str, bool]]:
        if len(path) > 2 * _DEPTH:
            return
        merged = self._lowered.merged(schema)
        for key in merged:
            wanted = _OF_TYPE.get(key)
            if key not in _ANY_TYPE:
                if wanted is None or not isinstance(value, wanted) or isinstance(value, bool):
                    continue
                if not _restricts(key, merged[key]):
                    continue
            yield pointer((*path, key)), self._satisfies(merged, key, value)
        for step, part in _parts(merged):
            for member in _values_at(step, value):
                yield from self._traced(part, member, (*path, *step))

    def _satisfies(self, schema: dict[str, Any], key: str, value: Any) -> bool:
        beside = _DEPENDS_ON.get(key, ())
        if schema[key] is True and key in _FLAGS:
            beside = (_FLAGS[key],)
        part = {name: schema[name] for name in (key, *beside) if name in schema}
        if key == "additionalProperties":
            part["properties"] = {name: {} for name in part.get("properties", {})}
        text = json.dumps(part, sort_keys=True, default=str)
        if text not in self._validators:
            self._validators[text] = self._lowered.part_validator(part)
        try:
            return self._validators[text].is_valid(value)
        except (ValueError, TypeError):
            return False


def _restricts(key: str, value: Any) -> bool:
    """Whether the keyword restricts values; `additionalProperties: true` and flags that are off do
    not."""
    if key == "additionalProperties":
        return value is False
    return value is not False


def _parts(schema: dict[str, Any]) -> Iterator[tuple[_Path, Any]]:
    for name, part in schema.get("properties", {}).items():
        yield ("properties", name), part
    if isinstance(schema.get("items"), dict):
        yield ("items",), schema["items"]
    if isinstance(schema.get("additionalProperties"), dict):
        yield ("additionalProperties",), schema["additionalProperties"]
    for key in ("oneOf", "anyOf"):
        for number, part in enumerate(schema.get(key, ())):
            yield (key, number), part


def _values_at(step: _Path, value: Any) -> Iterator[Any]:
    """The values that the schema part at `step` applies to."""
    if step[0] == "properties":
        if isinstance(value, dict) and step[1] in value:
            yield value[str(step[1])]
    elif step[0] == "items":
        yield from value[:20] if isinstance(value, list) else ()
    elif step[0] == "additionalProperties":
        yield from list(value.values())[:20] if isinstance(value, dict) else ()
    else:
        yield value
